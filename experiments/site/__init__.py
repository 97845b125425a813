"""A static site: reports, sweeps to move through, forecasts and documents, to be read without installing anything."""
