"""Run through `zhixing.engine.migrate.upgrade`, which configures the context itself."""

raise RuntimeError("use `zhixing db upgrade`, or zhixing.engine.migrate.upgrade(connection) from your own migrations")
