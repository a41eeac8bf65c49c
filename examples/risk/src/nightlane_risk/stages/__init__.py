"""The stages of the night, one module each; jobs/ holds their command lines."""
