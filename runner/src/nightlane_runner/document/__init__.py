"""The input of a node: one document for each step, checked before anything is done."""
