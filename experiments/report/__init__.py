"""Results as one page that stands alone: to be sent, printed, and read without anything else."""
