"""How runs are played and kept: workers, clusters, shards, and the folders of results."""
