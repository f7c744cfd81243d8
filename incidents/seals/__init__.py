"""What is closed on the way to the mission, and what the mission signs. Knows nothing of HTTP or Celery."""
