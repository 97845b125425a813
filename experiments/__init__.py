"""What one does with the model: run it, trace it, keep results, draw them. The `optin` command."""
