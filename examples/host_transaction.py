"""A host with tables of its own: its row and the case change together, or not at all."""

from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from zhixing.engine import Actor, Engine, Refused, connect


class Base(DeclarativeBase):
    pass


class Docket(Base):
    """The host's own table."""

    __tablename__ = "docket"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    remark: Mapped[str]


database = connect("sqlite:///host.db")
Base.metadata.drop_all(database)
Base.metadata.create_all(database)
court = Engine(
    database, str(files("zhixing.definitions").joinpath("cn")), upgrade=True, drafts=True
)
clerk = Actor.of("liu", "filing_judge")

with Session(database) as session, session.begin():
    case = court.open_case(
        "first_enforcement", actor=clerk, data={"claim": "1000.00"}, within=session
    )
    session.add(Docket(case_id=case.id, remark="received at the counter"))

try:
    with Session(database) as session, session.begin():
        session.add(Docket(case_id=case.id, remark="this line goes with the refusal"))
        court.fire(case.id, "accept", actor=clerk, within=session)
except Refused as refused:
    print(refused.text("en"))

with Session(database) as session:
    print([row.remark for row in session.scalars(sa.select(Docket))])
