// broadcast-ws.js: npm's `ws` as its own README broadcasts
// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';

const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: false,
});

server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN)
        client.send(data, { binary: isBinary });
    }
  });
});
