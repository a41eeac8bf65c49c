"""Work in containers of the customer's cluster: shells, copies, archives."""
