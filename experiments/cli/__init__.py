"""The `optin` command."""
