"""Every callback and address of the dashboard, registered in one place: `callbacks.register.register`."""
