// SPDX-License-Identifier: GPL-2.0
//
// service.js SOCKET CATALOGUE BYTES - a web service that uses much of Node: a question is for
// /DDD/NNNNN, as webget asks, where NNNNN says for what (kinds, below) and of which article,
// language and so on.  Each answer has BYTES bytes: what came of it, and blanks.
//
// The catalogue is JSON; it is made if it is not there.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const http = require("http");
const { pipeline, Readable, Transform } = require("stream");
const qs = require("querystring");
const util = require("util");
const zlib = require("zlib");

const [socket, catalogue, bytes] = process.argv.slice(2);
const LANGUAGES = ["de", "en", "fr", "es", "it", "pl", "ru", "ja", "zh", "ar", "hi", "tr"];
const CURRENCIES = ["EUR", "USD", "JPY", "PLN", "INR", "TRY"];
const ENCODINGS = ["utf-16le", "shift_jis", "gb18030", "euc-kr", "big5", "windows-1251"];
const DAY = 86400000;

function article(id) {
	return {
		id, name: `Article ${id}`, price: (id * 37 % 1000) / 7, stock: id % 13,
		tags: [`tag${id % 5}`, `kind${id % 7}`], since: new Date(1e12 + id * DAY).toISOString(),
		text: "A thing of good make, für jeden Zweck, élégant et solide. ".repeat(1 + id % 3),
	};
}

if (!fs.existsSync(catalogue))
	fs.writeFileSync(catalogue, JSON.stringify(Array.from({ length: 100 }, (_, id) => article(id))));
const key = crypto.scryptSync("a word", "salt", 32, { N: 16 });
const pair = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = crypto.generateKeyPairSync("ed25519");
const TEMPLATE = "<h1>{{name}}</h1>{{#stock}}<p>{{stock}} left</p>{{/stock}}<ul>{{*tags}}</ul><p>{{text}}</p>";

function compile(template, own) {
	const body = template
		.replace(/{{#(\w+)}}(.*?){{\/\1}}/gs, (_, name, inner) => `\${a.${name} ? \`${inner}\` : ""}`)
		.replace(/{{\*(\w+)}}/g, (_, name) => `\${a.${name}.map((x) => "<li>" + escape(x)).join("")}`)
		.replace(/{{(\w+)}}/g, (_, name) => `\${escape(a.${name})}`);
	return new Function("a", "escape", `/* ${own} */ return \`${body}\`;`);
}

function escapeHtml(value) {
	return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function upper() {
	return new Transform({
		transform(chunk, _, done) { done(null, chunk.toString().toUpperCase()); },
	});
}

const kinds = [
	function list(n) {
		const all = JSON.parse(fs.readFileSync(catalogue, "utf8"));
		return JSON.stringify(all.filter((a) => a.tags.includes(`tag${n % 5}`)).sort((a, b) => a.price - b.price), null, 1);
	},
	function page(n) {
		return compile(TEMPLATE, n)(article(n), escapeHtml);
	},
	function search(n) {
		const words = article(n).text.normalize("NFD").match(/\p{L}[\p{L}\p{M}]*/gu);
		const order = new Intl.Collator(LANGUAGES[n % LANGUAGES.length]);
		return [...new Set(words)].sort(order.compare).join(" ").replace(new RegExp(`(?<=\\b\\w{${n % 4}})[aeiou]`, "giu"), "*");
	},
	function bill(n) {
		const language = LANGUAGES[n % LANGUAGES.length], { price, since } = article(n);
		const money = new Intl.NumberFormat(language, { style: "currency", currency: CURRENCIES[n % CURRENCIES.length] });
		const date = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", timeZone: "Europe/Berlin" });
		const rule = new Intl.PluralRules(language), several = new Intl.ListFormat(language);
		return several.format([money.format(price), date.format(new Date(since)), rule.select(n)]);
	},
	function packed(n) {
		const text = JSON.stringify(Array.from({ length: 20 }, (_, i) => article(n + i)));
		return zlib.gunzipSync(zlib.gzipSync(text)).length + zlib.inflateRawSync(zlib.deflateRawSync(text, { level: 1 })).toString("latin1", 0, 500);
	},
	function brotli(n) {
		const text = JSON.stringify(article(n));
		const options = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };
		return zlib.brotliDecompressSync(zlib.brotliCompressSync(text, options)).toString();
	},
	function session(n) {
		const cipher = crypto.createCipheriv(n % 2 ? "aes-256-gcm" : "chacha20-poly1305", key, Buffer.alloc(12, n), { authTagLength: 16 });
		const text = Buffer.concat([cipher.update(JSON.stringify(article(n))), cipher.final()]);
		const hash = ["sha256", "sha512", "sha3-256", "blake2b512", "md5"][n % 5];
		return text.toString("base64url") + crypto.createHmac(hash, key).update(text).digest("hex") +
			crypto.pbkdf2Sync("password", String(n), 20, 32, "sha1").toString("hex");
	},
	function signed(n) {
		const text = Buffer.from(`article ${n}`), { privateKey, publicKey } = n % 2 ? pair : edwards;
		const digest = n % 2 ? "sha256" : null;
		return publicKey.export({ type: "spki", format: "pem" }) +
			crypto.verify(digest, text, publicKey, crypto.sign(digest, text, privateKey));
	},
	function decoded(n) {
		const text = new TextDecoder(ENCODINGS[n % ENCODINGS.length]).decode(Buffer.from(article(n).text, "utf16le"));
		return text + Buffer.from(text).toString("base64");
	},
	function address(n) {
		const url = new URL(`https://shop-${n}.example/ä/../b?${qs.stringify({ q: `a b ${n}`, sort: ["price", "name"] })}#${n}`);
		url.searchParams.append("page", n);
		return util.inspect(url, { depth: 4 }) + util.format("%s %o %j", url.href, article(n), [...url.searchParams]);
	},
	function sums(n) {
		const prices = Float64Array.from({ length: 200 }, (_, i) => article(n + i).price).sort();
		const groups = new Map();
		for (const price of prices)
			groups.set(Math.floor(Math.log2(1 + price)), (groups.get(Math.floor(Math.log2(1 + price))) ?? 0n) + BigInt(Math.round(price * 1e6)) ** 5n);
		return [...groups].map(([group, sum]) => `${group} ${sum} ${Math.hypot(...prices.subarray(0, 5)).toFixed(3)}`).join("\n");
	},
	async function streamed(n) {
		const parts = [], out = upper();
		pipeline(Readable.from(structuredClone([article(n).text, article(n).name])), out, () => {});
		for await (const part of out)
			parts.push(part);
		return Buffer.concat(parts).toString();
	},
];

http.createServer(async (request, response) => {
	const n = Number(request.url.split("/").pop());
	const text = Buffer.alloc(Number(bytes), " ");

	text.write(await kinds[n % kinds.length](n));
	response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": bytes });
	response.end(text);
}).listen(socket, () => console.log("ready"));
