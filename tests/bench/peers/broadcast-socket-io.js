// broadcast-socket-io.js: socket.io as its own "get started" broadcasts
// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';

const http = require('node:http');
const { Server } = require('socket.io');

const server = http.createServer();
const io = new Server(server, {
  transports: ['websocket'], perMessageDeflate: false,
});

io.on('connection', (socket) => {
  socket.on('say', (words) => io.emit('say', words));
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 },
              () => console.log(server.address().port));
