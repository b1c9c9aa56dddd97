"""The release checklist: what a good release of a model needs, and a machine can see."""
