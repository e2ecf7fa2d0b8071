"""What talks to what is not ours to decide: the queue, files that people send."""
