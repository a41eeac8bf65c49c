"""The customer's API server: requests, streams, errors, and the credential for it."""
