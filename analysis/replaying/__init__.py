"""How a log is lived through: one case after another, figures that add up, and parts by case."""
