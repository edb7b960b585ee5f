"use strict";

// The table of clients: filters, order, details, language and print. Whatever comes
// from the data is put in as text, never as markup.
(() => {
    const DATA = JSON.parse(document.getElementById("data").textContent);
    const CLIENTS = DATA.enterprises.map((row) =>
        Object.fromEntries(DATA.columns.map((column, i) => [column, row[i]])),
    );
    // Rows per step of the table.
    const STEP = 100;
    // What a filter offers besides its entries: no filter, and the missing.
    const [ALL, MISSING] = ["", "(missing)"];
    const SEGMENTS = new Map(DATA.segments.map((segment) => [segment.key, segment]));
    const LEVELS = new Map(DATA.levels.map((level) => [level.key, level]));
    const byId = (id) => document.getElementById(id);
    const all = (selector) => document.querySelectorAll(selector);
    const valuesOf = (column) =>
        new Map(CLIENTS.map((client) => [client[column] ?? MISSING, null]));

    // Each filter: its entries, and the texts of the options that are none.
    const FILTERS = {
        city: { entries: valuesOf("city"), all: "all_cities", missing: "unknown_city" },
        sector: { entries: valuesOf("sector"), all: "all_sectors", missing: "unknown_sector" },
        segment: { entries: SEGMENTS, all: "all_segments" },
        level: { entries: LEVELS, all: "all_levels" },
    };
    // Columns of the table, and what each is ordered by.
    const ORDERS = {
        name: (client) => client.name ?? client.id,
        city: (client) => client.city,
        sector: (client) => client.sector,
        segment: (client) => [...SEGMENTS.keys()].indexOf(client.segment),
        engagement: (client) => client.score,
        target_platform: (client) => client.target,
        followers: (client) => client.followers,
    };
    const isHighestFirst = (key) => key === "engagement" || key === "followers";

    const UNFILTERED = { search: "", city: ALL, sector: ALL, segment: ALL, level: ALL };
    // What is looked at: search and filters, language, order and its direction.
    const view = {};
    let matches = [];
    let shownCount = STEP;
    const opened = new Set();

    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const say = (key, values = {}) => fill(DATA.texts[key][view.language], values);
    const writeNumber = (value) =>
        value.toLocaleString(view.language, { maximumFractionDigits: 0 });
    const collator = () => new Intl.Collator(view.language, { numeric: true });
    function sayCount(key, count, values = {}) {
        const isOne = view.language === "fr" ? count <= 1 : count === 1;
        const form = DATA.texts[key][view.language][isOne ? "one" : "other"];
        return fill(form, { ...values, count: writeNumber(count) });
    }

    // Letters without accents, case and ligatures, so that "oeuvre" finds "Œuvre".
    const plain = (text) =>
        text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss")
            .replace(/[’ʼ`]/g, "'").normalize("NFKD").replace(/\p{M}/gu, "")
            .replace(/\s+/g, " ").trim();
    CLIENTS.forEach((client) => (client.plainName = plain(client.name ?? client.id)));

    function make(tag, properties = {}, ...children) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(properties)) {
            name in element ? (element[name] = value) : element.setAttribute(name, value);
        }
        element.append(...children);
        return element;
    }

    const quiet = (text) => make("span", { className: "quiet" }, text);
    const missing = (key) => quiet(say(key));
    const count = (value) => (value === null ? missing("unknown") : writeNumber(value));

    // A segment's mark is on its card already.
    const SWATCHES = new Map(
        [...SEGMENTS.keys()].map((key, i) => [key, all("#segments .swatch")[i]]),
    );

    // Filters and order

    function isFound(client, words, except) {
        const accepts = (name) =>
            name === except || [ALL, client[name] ?? MISSING].includes(view[name]);
        return (
            words.every((word) => client.plainName.includes(word)) &&
            Object.keys(FILTERS).every(accepts)
        );
    }

    function labelOf(name, option) {
        const { entries, missing: text } = FILTERS[name];
        const known = entries.get(option)?.name[view.language];
        return option === MISSING ? say(text) : (known ?? option);
    }

    // Options with the number of clients that each would leave.
    function fillFilter(name, words) {
        const counts = new Map();
        for (const client of CLIENTS.filter((one) => isFound(one, words, name))) {
            const option = client[name] ?? MISSING;
            counts.set(option, (counts.get(option) ?? 0) + 1);
        }
        const options = [...FILTERS[name].entries.keys()];
        if (FILTERS[name].missing) {
            const { compare } = collator();
            options.sort((a, b) => (a === MISSING) - (b === MISSING) || compare(a, b));
        }
        const write = (value) => {
            const text = `${labelOf(name, value)} (${writeNumber(counts.get(value) ?? 0)})`;
            return make("option", { value }, text);
        };
        const nothing = make("option", { value: ALL }, say(FILTERS[name].all));
        byId(name).replaceChildren(nothing, ...options.map(write));
        byId(name).value = view[name];
    }

    function inOrder(clients) {
        const value = ORDERS[view.order];
        const { compare } = collator();
        const direction = view.isDescending ? -1 : 1;
        return clients.sort((one, other) => {
            const [a, b] = [value(one), value(other)];
            if (a === null || b === null) {
                // What is unknown comes last either way.
                return (a === null) - (b === null);
            }
            return direction * (typeof a === "string" ? compare(a, b) : a - b);
        });
    }

    // Rows

    function cell(key, ...children) {
        return make("td", { role: "cell", "data-label": say(key) }, make("div", {}, ...children));
    }

    function engagementOf(client) {
        const level = labelOf("level", client.level);
        if (client.score === null) {
            return [quiet(level)];
        }
        const bar = make("progress", { max: 100, value: client.score, "aria-hidden": "true" });
        const least = client.is_least ? `${say("at_least")} ` : "";
        return [least, make("strong", {}, writeNumber(client.score)), ` ${level}`, bar];
    }

    function clientRows(client, number) {
        const swatch = SWATCHES.get(client.segment).cloneNode(true);
        const details = make("td", { role: "cell", colSpan: Object.keys(ORDERS).length });
        const detailsRow = make("tr", { role: "row", className: "details" }, details);
        detailsRow.id = `details-${number}`;
        const opener = make(
            "button",
            { type: "button", className: "opener", "aria-controls": detailsRow.id },
            client.name ?? `${say("no_name")} (${client.id})`,
        );
        const name = make("span", {}, labelOf("segment", client.segment));
        const row = make(
            "tr",
            { role: "row", className: "client" },
            make("td", { role: "cell" }, opener),
            cell("city", client.city ?? missing("unknown_city")),
            cell("sector", client.sector ?? missing("unknown_sector")),
            cell("segment", make("span", { className: "with-swatch" }, swatch, name)),
            cell("engagement", ...engagementOf(client)),
            cell("target_platform", client.target ?? missing("none")),
            cell("followers", count(client.followers)),
        );
        row.lastChild.classList.add("number");
        function show() {
            const isOpen = opened.has(client);
            details.replaceChildren(...(isOpen ? [detailsOf(client)] : []));
            detailsRow.hidden = !isOpen;
            row.classList.toggle("opened", isOpen);
            opener.setAttribute("aria-expanded", String(isOpen));
        }
        opener.addEventListener("click", () => {
            opened.delete(client) || opened.add(client);
            show();
        });
        show();
        return [row, detailsRow];
    }

    function detailsOf(client) {
        const explanation = client[`explanation_${view.language}`] ?? say("no_explanation");
        const facts = ["facebook", "instagram", "tiktok", "other"].flatMap((platform) => [
            make("dt", {}, say(platform)),
            make("dd", {}, count(client[`followers_${platform}`])),
        ]);
        const heading = (key) => make("h4", {}, say(key));
        const story = [heading("why"), make("p", {}, explanation), heading("proposals")];
        const side = [heading("followers"), make("dl", {}, ...facts)];
        if (client.carried_since) {
            const options = { dateStyle: "long", timeZone: "UTC" };
            const day = new Date(client.carried_since).toLocaleDateString(view.language, options);
            side.push(make("p", {}, `${say("carried_since")} ${day}.`));
        }
        side.push(heading("client_number"), make("p", {}, client.id));
        if (client.is_set_by_hand) {
            side.push(make("p", {}, say("set_by_hand")));
        }
        return make(
            "div",
            { className: "sheet" },
            make("div", {}, ...story, ...proposalsFor(client)),
            make("div", {}, ...side),
        );
    }

    function proposalsFor(client) {
        const byPlatform = new Map();
        for (const position of client.recommendations) {
            const { platform, action, matched_on: matchedOn } = DATA.recommendations[position];
            const item = make("li", {}, action[view.language]);
            const reason = `matched_on_${matchedOn}`;
            if (reason in DATA.texts) {
                item.append(" ", quiet(`(${say(reason)})`));
            }
            byPlatform.set(platform, [...(byPlatform.get(platform) ?? []), item]);
        }
        if (byPlatform.size === 0) {
            return [make("p", {}, say("no_proposals"))];
        }
        return [...byPlatform].map(([platform, items]) => {
            const name = DATA.platforms[platform]?.[view.language] ?? platform;
            const heading = make("p", {}, make("strong", {}, name));
            return make("div", { className: "proposal" }, heading, make("ul", {}, ...items));
        });
    }

    // The table as a whole

    function showRows() {
        const shown = matches.slice(0, shownCount);
        byId("client-table").tBodies[0].replaceChildren(...shown.flatMap(clientRows));
        const rest = Math.min(STEP, matches.length - shown.length);
        byId("show-more").hidden = rest === 0;
        byId("show-more").textContent = sayCount("show_more", rest);
    }

    function update(values) {
        Object.assign(view, values);
        const words = plain(view.search).split(" ").filter(Boolean);
        matches = inOrder(CLIENTS.filter((client) => isFound(client, words)));
        shownCount = STEP;
        document.documentElement.lang = view.language;
        document.title = say("title");
        for (const button of all("[data-language]")) {
            const isPressed = button.dataset.language === view.language;
            button.setAttribute("aria-pressed", String(isPressed));
        }
        all("[data-sort]").forEach((header) => header.removeAttribute("aria-sort"));
        const direction = view.isDescending ? "descending" : "ascending";
        all(`[data-sort=${view.order}]`)[0].setAttribute("aria-sort", direction);
        if (byId("search").value !== view.search) {
            byId("search").value = view.search;
        }
        Object.keys(FILTERS).forEach((name) => fillFilter(name, words));
        const sortings = Object.keys(ORDERS).map((key) => make("option", { value: key }, say(key)));
        byId("sorting").replaceChildren(...sortings);
        byId("sorting").value = view.order;
        const total = writeNumber(CLIENTS.length);
        byId("match-count").textContent = sayCount("match_count", matches.length, { total });
        byId("client-table").hidden = matches.length === 0;
        byId("opening").hidden = matches.length === 0;
        byId("no-result").hidden = matches.length > 0;
        byId("filters-in-words").textContent = filtersInWords();
        showRows();
        writeAddress();
    }

    // What a printed list was filtered by.
    function filtersInWords() {
        const parts = { name: view.search.trim() };
        for (const name of Object.keys(FILTERS)) {
            const key = name === "level" ? "engagement" : name;
            parts[key] = view[name] && labelOf(name, view[name]);
        }
        const words = ([key, value]) => say("label_and_value", { label: say(key), value });
        return Object.entries(parts).filter(([, value]) => value).map(words).join(" · ");
    }

    // The address: filters, order and language stand behind its #.

    function writeAddress() {
        const sort = (view.isDescending ? "-" : "") + view.order;
        const state = {
            lang: view.language === DATA.language ? "" : view.language,
            search: view.search.trim(),
            ...Object.fromEntries(Object.keys(FILTERS).map((name) => [name, view[name]])),
            sort: sort === "name" ? "" : sort,
        };
        const hash = `#${new URLSearchParams(Object.entries(state).filter(([, value]) => value))}`;
        if (location.hash !== hash && (location.hash || hash !== "#")) {
            history.replaceState(null, "", hash);
        }
    }

    function readAddress() {
        // Other fragments are places on the page.
        const isState = location.hash.includes("=");
        const parts = new URLSearchParams(isState ? location.hash.slice(1) : "");
        const [, minus, key] = (parts.get("sort") ?? "").match(/^(-?)(.*)$/s);
        const read = {
            ...UNFILTERED,
            language: DATA.language,
            search: parts.get("search") ?? "",
            order: Object.hasOwn(ORDERS, key) ? key : "name",
            isDescending: minus !== "",
        };
        if (Object.hasOwn(DATA.texts.language, parts.get("lang"))) {
            read.language = parts.get("lang");
        }
        for (const [name, { entries }] of Object.entries(FILTERS)) {
            // The data may have changed since.
            const option = parts.get(name);
            if (entries.has(option)) {
                read[name] = option;
            }
        }
        update(read);
    }

    // What people do

    function on(selector, event, action) {
        for (const element of all(selector)) {
            element.addEventListener(event, (happened) => action(element, happened));
        }
    }

    function goTo(section) {
        section.scrollIntoView();
        section.querySelector("h2").focus({ preventScroll: true });
    }

    const orderBy = (order, isDescending = isHighestFirst(order)) =>
        update({ order, isDescending });

    on("#search", "input", (input) => update({ search: input.value }));
    on(".filters select:not(#sorting)", "change", (select) =>
        update({ [select.id]: select.value }),
    );
    on("#sorting", "change", (select) => orderBy(select.value));
    on(".filters", "submit", (_, event) => event.preventDefault());
    on(".filters", "reset", (_, event) => {
        event.preventDefault();
        update(UNFILTERED);
    });
    on("[data-sort] button", "click", (button) => {
        const key = button.parentElement.dataset.sort;
        orderBy(key, view.order === key ? !view.isDescending : undefined);
    });
    on("[data-language]", "click", (button) => update({ language: button.dataset.language }));
    on("[data-segment]", "click", (button) => {
        update({ ...UNFILTERED, segment: button.dataset.segment });
        goTo(byId("clients"));
    });
    // The address keeps the filters.
    on('a[href^="#"]', "click", (link, event) => {
        event.preventDefault();
        goTo(document.querySelector(link.getAttribute("href")));
    });
    on("#show-more", "click", () => {
        const before = shownCount;
        shownCount += STEP;
        showRows();
        all(".opener")[before].focus();
    });
    on("#open-all", "click", () => {
        matches.slice(0, shownCount).forEach((client) => opened.add(client));
        showRows();
    });
    on("#close-all", "click", () => {
        opened.clear();
        showRows();
    });
    window.addEventListener("hashchange", () => {
        if (location.hash === "" || location.hash.includes("=")) {
            readAddress();
        }
    });
    // A chart that is wider than the screen scrolls, and the keyboard must reach it.
    const resized = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            const isWider = target.scrollWidth > target.clientWidth;
            isWider ? (target.tabIndex = 0) : target.removeAttribute("tabindex");
        }
    });
    all(".wide").forEach((chart) => resized.observe(chart));

    // All that was found is printed, however much of it is on the screen.
    let shownBeforePrint = STEP;
    window.addEventListener("beforeprint", () => {
        shownBeforePrint = shownCount;
        shownCount = Math.max(matches.length, STEP);
        showRows();
    });
    window.addEventListener("afterprint", () => {
        shownCount = shownBeforePrint;
        showRows();
    });

    document.documentElement.classList.add("has-script");
    readAddress();
})();
