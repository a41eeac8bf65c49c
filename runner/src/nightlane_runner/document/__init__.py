"""What a node is told: one document for each step, checked before anything is done."""
