// browser.js SITE SHOTS NAME=PATH... - what tests/clients/browser asks of each page.
const fs = require('fs');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const puppeteer = require('puppeteer-core');
const { HtmlValidate } = require('html-validate');

const [site, shots, ...wanted] = process.argv.slice(2);
const pages = wanted.map(one => one.split(/=(.*)/s));
const validator = new HtmlValidate({
    extends: ['html-validate:recommended', 'html-validate:document'],
    rules: { 'long-title': 'off' }, // a story's title is as long as it is
});
let faults = 0;

function fault(where, what) {
    faults++;
    console.error(`${where}: ${what}`);
}

async function validate(name, path) {
    const html = await (await fetch(site + encodeURI(path))).text();
    const report = await validator.validateString(html);
    for (const result of report.results)
        for (const one of result.messages)
            fault(name, `html-validate: ${one.line}:${one.column} ${one.ruleId}: ${one.message}`);
}

async function visit(browser, name, path, width, scheme) {
    const where = `${name} ${width} ${scheme}`;
    const page = await browser.newPage();
    const missing = name === 'missing';
    let requests = 0;
    page.on('request', () => requests++);
    page.on('console', message => missing || fault(where, `console: ${message.text()}`));
    page.on('pageerror', error => fault(where, `error: ${error}`));
    await page.setCacheEnabled(false);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    const answer = await page.goto(site + encodeURI(path), { waitUntil: 'networkidle0' });
    if (answer.status() !== (missing ? 404 : 200)) fault(where, `status ${answer.status()}`);
    if (requests !== 1) fault(where, `${requests} requests`);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    if (wide > 0) fault(where, `${wide} pixels wider than the window`);
    const styled = await page.evaluate(() => getComputedStyle(document.body).maxWidth);
    if (styled === 'none') fault(where, 'the style was not taken');
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run());
    for (const one of found.violations)
        fault(where, `axe: ${one.id}: ${one.help}: ${one.nodes.map(node => node.html).slice(0, 3).join(' ')}`);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}-${scheme}.png`, fullPage: false });
    await page.close();
}

// From the front page by keys alone: past the menu, and words typed into the form.
async function type(browser) {
    const page = await browser.newPage();
    await page.goto(site + '/');
    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => document.activeElement.getAttribute('href'));
    if (first !== '#main') fault('keys', `the first Tab leads to ${first}`);
    await page.focus('#q');
    await page.keyboard.type('ha noi');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    const title = await page.title();
    if (!title.includes('ha noi')) fault('keys', `typed words lead to ${page.url()}: ${title}`);
    await page.close();
}

(async () => {
    const browser = await puppeteer.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--hide-scrollbars'],
    });
    for (const [name, path] of pages) {
        await validate(name, path);
        for (const width of [360, 1280])
            for (const scheme of ['light', 'dark']) await visit(browser, name, path, width, scheme);
        console.log(`${name}: looked at`);
    }
    await type(browser);
    await browser.close();
    process.exit(faults > 0 ? 1 : 0);
})();
