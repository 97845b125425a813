"""The optin command."""
