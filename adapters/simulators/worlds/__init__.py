"""The worlds of the far sides, one module for each adapter: what they hold and how they act."""
