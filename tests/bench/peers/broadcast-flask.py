# broadcast-flask.py: Flask-SocketIO as its own tutorial broadcasts
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a port that is free, prints it, and serves with what Flask-SocketIO
itself chooses: eventlet, gevent or threads, whichever is installed.

Without manage_session=False Flask-SocketIO 5.5 fails on Flask 3.1, both as
Debian 13 has them: a request's session can't be set any more."""

import logging
import socket

import flask
import flask_socketio

app = flask.Flask(__name__)
server = flask_socketio.SocketIO(app, manage_session=False,
                                 cors_allowed_origins='*')


@server.on('say')
def say(words):
    server.emit('say', words)


with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    port = probe.getsockname()[1]

logging.getLogger('werkzeug').setLevel(logging.ERROR)
print(port, flush=True)
options = {'allow_unsafe_werkzeug': True} \
    if server.async_mode == 'threading' else {}
server.run(app, host='127.0.0.1', port=port, **options)
