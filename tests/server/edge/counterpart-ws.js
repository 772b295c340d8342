// counterpart-ws.js: the npm package ws as a client of kaimu-server
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Usage: node counterpart-ws.js HOST:PORT TICKET TICKET TICKET
//
// What it makes of our side of RFC 6455, and what we make of its. Exits with a
// trace where something isn't as it must be.

'use strict';

const assert = require('assert');
const { once } = require('events');
const WebSocket = require('ws');

const LIMIT = 16384;
const [host, ...tickets] = process.argv.slice(2);

function address(ticket) {
  return `ws://${host}/api/v1/socket?ticket=${ticket}`;
}

async function open(ticket, options) {
  const socket = new WebSocket(address(ticket), 'kaimu.v1', options);
  await once(socket, 'open');
  return socket;
}

async function closed(socket) {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: reason.toString() };
}

async function reply(socket) {
  const [data, isBinary] = await once(socket, 'message');
  assert.strictEqual(isBinary, false);
  return JSON.parse(data.toString()).re;
}

function ask(id, length) {
  return JSON.stringify({ t: 'nothing', id }).padEnd(length || 0);
}

async function talks(ticket) {
  const socket = await open(ticket);
  assert.strictEqual(socket.protocol, 'kaimu.v1');
  // It offers to compress; we don't.
  assert.strictEqual(socket.extensions, '');

  let pong = once(socket, 'pong');
  socket.ping('hello');
  assert.strictEqual((await pong)[0].toString(), 'hello');

  for (const length of [0, 125, 126, LIMIT]) {
    socket.send(ask(`of ${length}`, length));
    assert.strictEqual(await reply(socket), `of ${length}`);
  }

  const text = ask('大家好 👋');
  const answer = reply(socket);
  pong = once(socket, 'pong');
  socket.send(text.slice(0, 8), { fin: false });
  socket.ping('between');
  socket.send('', { fin: false });
  socket.send(text.slice(8), { fin: true });
  assert.strictEqual((await pong)[0].toString(), 'between');
  assert.strictEqual(await answer, '大家好 👋');

  socket.close(4321, 'bye');
  assert.deepStrictEqual(await closed(socket), { code: 4321, reason: '' });
}

async function isClosed(ticket, data, code) {
  const socket = await open(ticket);
  socket.send(data);
  assert.strictEqual((await closed(socket)).code, code);
}

// Both the 101 and the close frame get here.
async function isTurnedAway(ticket) {
  const socket = await open(ticket);
  const { code, reason } = await closed(socket);
  assert.strictEqual(code, 4001);
  assert.match(reason, /ticket/);
}

async function isRefused(socket, status) {
  const [, response] = await once(socket, 'unexpected-response');
  assert.strictEqual(response.statusCode, status);
  let body = '';
  for await (const chunk of response)
    body += chunk;
  assert.ok(JSON.parse(body).error.message);
}

async function main() {
  await talks(tickets[0]);
  await isClosed(tickets[1], ask('1', LIMIT + 1), 1009);
  await isClosed(tickets[2], Buffer.from('binary'), 1003);
  await isTurnedAway(tickets[0]);
  await isTurnedAway('nonsense');
  await isRefused(new WebSocket(address('t')), 400);
  await isRefused(new WebSocket(address('t'), 'other'), 400);
  await isRefused(new WebSocket(address('t'), 'kaimu.v1',
                                { protocolVersion: 8 }), 426);
  await isRefused(new WebSocket(address('t'), 'kaimu.v1',
                                { origin: 'https://evil.example' }), 403);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
