"""What the tests stand on: a real API server, somebody to play the kubelet, and ways to break a connection."""
