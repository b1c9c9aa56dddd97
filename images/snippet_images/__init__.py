"""What a container is made of: Dockerfiles, locked requirements, and their build."""
