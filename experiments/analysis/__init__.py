"""What moves the answer, a question a file, each on points that are saved and gone on with like those of a sweep."""
