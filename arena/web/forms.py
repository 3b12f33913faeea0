"""Protection of forms against other sites."""

from flask_wtf.csrf import CSRFProtect

# One object for all applications: an upload's view checks its form itself, once it knows how large it may be.
csrf = CSRFProtect()

FORM_BYTES = 256 * 1024  # what a form without a file may weigh
