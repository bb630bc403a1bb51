"""Running cases come in (存量案件): what is said of them, what would follow, and by whom."""
