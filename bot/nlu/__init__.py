"""What does Rasa load of ours? Everything in this room, in Rasa's own environment."""
