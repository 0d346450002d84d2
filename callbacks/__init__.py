"""Every edge between browser and server, registered in one visible place: `callbacks.register.register`."""
