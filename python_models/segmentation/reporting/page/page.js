"use strict";

// The table of clients: filters, order, details, language and print. Whatever comes
// from the data is put in as text (textContent), never as markup.
(() => {
    const DATA = JSON.parse(document.getElementById("data").textContent);
    const CLIENTS = DATA.enterprises.map((row, number) => ({
        number,
        ...Object.fromEntries(DATA.columns.map((column, i) => [column, row[i]])),
    }));
    // Rows per step of the table, and entries of a filter before "others".
    const STEP = 100;
    const OPTION_LIMIT = 300;
    const PLATFORMS = ["facebook", "instagram", "tiktok", "other"];
    const byId = (id) => document.getElementById(id);

    // What a filter offers besides its entries: nothing, the missing, the rare.
    const ALL = "";
    const MISSING = "missing";
    const RARE = "rare";

    // Each filter: the clients' column, which holds positions in the entries, the name
    // that stands for an entry in the address, and the texts of the other options.
    const FILTERS = {
        city: {
            column: "city",
            entries: DATA.cities.map((name) => ({ key: name, label: () => name })),
            texts: { all: "all_cities", missing: "unknown_city", rare: "other_cities" },
            isSorted: true,
        },
        sector: {
            column: "sector",
            entries: DATA.sectors.map((name) => ({ key: name, label: () => name })),
            texts: {
                all: "all_sectors",
                missing: "unknown_sector",
                rare: "other_sectors",
            },
            isSorted: true,
        },
        segment: {
            column: "segment",
            entries: DATA.segments.map((segment) => ({
                key: segment.key,
                label: () => segment.name[language],
            })),
            texts: { all: "all_segments" },
        },
        level: {
            column: "level",
            entries: DATA.levels.map((level) => ({
                key: level.key,
                label: () => level.name[language],
            })),
            texts: { all: "all_levels" },
        },
    };

    // Columns of the table: what each is ordered by, and which way first.
    const ORDERS = {
        name: { text: (client) => client.name ?? client.id },
        city: { text: (client) => DATA.cities[client.city] },
        sector: { text: (client) => DATA.sectors[client.sector] },
        segment: { number: (client) => client.segment },
        engagement: { number: (client) => client.score, isDescending: true },
        target_platform: { text: (client) => DATA.targets[client.target] },
        followers: { number: (client) => client.followers, isDescending: true },
    };

    let language = DATA.language;
    let search = "";
    let chosen = { city: ALL, sector: ALL, segment: ALL, level: ALL };
    let order = "name";
    let isDescending = false;
    let matches = [];
    let shownCount = STEP;
    const opened = new Set();

    // Texts and numbers

    function say(key, values = {}) {
        return fill(DATA.texts[key][language], values);
    }

    function sayCount(key, count, values = {}) {
        const isOne = language === "fr" ? count <= 1 : count === 1;
        const form = DATA.texts[key][language][isOne ? "one" : "other"];
        return fill(form, { ...values, count: writeNumber(count) });
    }

    function fill(text, values) {
        return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    }

    function writeNumber(value) {
        return value.toLocaleString(language, { maximumFractionDigits: 0 });
    }

    function platformName(key) {
        return DATA.platforms[key]?.[language] ?? key;
    }

    // Letters without accents, case and ligatures, so that "oeuvre" finds "Œuvre".
    function plain(text) {
        return text
            .toLowerCase()
            .replace(/œ/g, "oe")
            .replace(/æ/g, "ae")
            .replace(/ß/g, "ss")
            .replace(/[’ʼ`]/g, "'")
            .normalize("NFKD")
            .replace(/\p{M}/gu, "")
            .replace(/\s+/g, " ")
            .trim();
    }

    const plainNames = new Map(
        CLIENTS.map((client) => [client, plain(client.name ?? client.id)]),
    );

    // Elements

    function make(tag, properties = {}, ...children) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(properties)) {
            if (name in element) {
                element[name] = value;
            } else {
                element.setAttribute(name, value);
            }
        }
        element.append(...children);
        return element;
    }

    function draw(tag, attributes, ...children) {
        const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
        for (const [name, value] of Object.entries(attributes)) {
            element.setAttribute(name, value);
        }
        element.append(...children);
        return element;
    }

    function swatch(segment) {
        return draw(
            "svg",
            {
                class: "swatch",
                viewBox: "0 0 20 20",
                fill: segment.colour,
                "aria-hidden": "true",
            },
            draw("use", { href: `#shape-${segment.shape}` }),
        );
    }

    // Filters

    function accepts(option, position) {
        if (option === ALL) {
            return true;
        }
        if (option === MISSING) {
            return position === null;
        }
        if (option === RARE) {
            return position !== null && position >= OPTION_LIMIT;
        }
        return position === Number(option);
    }

    // Whether a filter has clients whose value is missing, or too many entries to list.
    function isOffered(name, option) {
        const { column, entries } = FILTERS[name];
        return option === MISSING
            ? CLIENTS.some((client) => client[column] === null)
            : entries.length > OPTION_LIMIT;
    }

    function isFound(client, words, except) {
        return (
            words.every((word) => plainNames.get(client).includes(word)) &&
            Object.entries(FILTERS).every(
                ([name, { column }]) =>
                    name === except || accepts(chosen[name], client[column]),
            )
        );
    }

    function searchedWords() {
        return plain(search).split(" ").filter(Boolean);
    }

    // Options with the number of clients that each would leave.
    function fillFilter(name) {
        const { column, entries, texts, isSorted } = FILTERS[name];
        const words = searchedWords();
        const counts = new Map();
        let missing = 0;
        let rare = 0;
        for (const client of CLIENTS) {
            if (isFound(client, words, name)) {
                const position = client[column];
                missing += position === null;
                rare += position !== null && position >= OPTION_LIMIT;
                counts.set(position, (counts.get(position) ?? 0) + 1);
            }
        }
        const listed = entries
            .map((entry, position) => ({ value: String(position), text: entry.label() }))
            .filter(({ value }) => Number(value) < OPTION_LIMIT || value === chosen[name]);
        if (isSorted) {
            const collator = new Intl.Collator(language, { numeric: true });
            listed.sort((a, b) => collator.compare(a.text, b.text));
        }
        const options = [
            ...listed.map((option) => ({
                ...option,
                count: counts.get(Number(option.value)) ?? 0,
            })),
        ];
        if (isOffered(name, RARE)) {
            options.push({ value: RARE, text: say(texts.rare), count: rare });
        }
        if (isOffered(name, MISSING)) {
            options.push({ value: MISSING, text: say(texts.missing), count: missing });
        }
        const select = byId(name);
        select.replaceChildren(
            make("option", { value: ALL, textContent: say(texts.all) }),
            ...options.map(({ value, text, count }) =>
                make("option", { value, textContent: `${text} (${writeNumber(count)})` }),
            ),
        );
        select.value = chosen[name];
    }

    // Order

    function inOrder(clients) {
        const { text, number } = ORDERS[order];
        const collator = new Intl.Collator(language, { numeric: true });
        const compare = text ? collator.compare : (a, b) => a - b;
        const direction = isDescending ? -1 : 1;
        return clients
            .map((client) => ({ client, value: (text ?? number)(client) ?? null }))
            .sort((a, b) => {
                if (a.value === null || b.value === null) {
                    // What is unknown comes last either way.
                    return (a.value === null) - (b.value === null);
                }
                return direction * compare(a.value, b.value);
            })
            .map(({ client }) => client);
    }

    // Rows

    function missingText(key) {
        return make("span", { className: "missing", textContent: say(key) });
    }

    function cell(key, ...children) {
        return make(
            "td",
            { role: "cell", "data-label": say(key) },
            make("div", {}, ...children),
        );
    }

    function clientRow(client) {
        const isOpen = opened.has(client);
        const detailsId = `details-${client.number}`;
        const segment = DATA.segments[client.segment];
        const opener = make("button", {
            type: "button",
            className: "opener",
            "aria-expanded": String(isOpen),
            "aria-controls": detailsId,
            textContent: client.name ?? `${say("no_name")} (${client.id})`,
        });
        const level = DATA.levels[client.level].name[language];
        const engagement =
            client.score === null
                ? [make("span", { className: "missing", textContent: level })]
                : [
                      make("strong", { textContent: writeNumber(client.score) }),
                      ` ${level}`,
                      draw(
                          "svg",
                          {
                              class: "meter",
                              viewBox: "0 0 100 4",
                              preserveAspectRatio: "none",
                              "aria-hidden": "true",
                          },
                          draw("rect", { width: client.score, height: 4 }),
                      ),
                  ];
        const followers = cell(
            "followers",
            client.followers === null
                ? missingText("unknown")
                : writeNumber(client.followers),
        );
        followers.classList.add("number");
        const row = make(
            "tr",
            { role: "row", className: isOpen ? "client opened" : "client" },
            make("td", { role: "cell" }, opener),
            cell("city", DATA.cities[client.city] ?? missingText("unknown_city")),
            cell(
                "sector",
                DATA.sectors[client.sector] ?? missingText("unknown_sector"),
            ),
            cell(
                "segment",
                make(
                    "span",
                    { className: "with-swatch" },
                    swatch(segment),
                    make("span", { textContent: segment.name[language] }),
                ),
            ),
            cell("engagement", ...engagement),
            cell(
                "target_platform",
                DATA.targets[client.target] ?? missingText("none"),
            ),
            followers,
        );
        const details = make(
            "tr",
            {
                role: "row",
                className: "details",
                id: detailsId,
                hidden: !isOpen,
            },
            make("td", { role: "cell", colSpan: Object.keys(ORDERS).length }),
        );
        if (isOpen) {
            details.firstChild.append(detailsOf(client));
        }
        opener.addEventListener("click", () => {
            const opens = !opened.has(client);
            if (opens) {
                opened.add(client);
                details.firstChild.replaceChildren(detailsOf(client));
            } else {
                opened.delete(client);
            }
            details.hidden = !opens;
            row.classList.toggle("opened", opens);
            opener.setAttribute("aria-expanded", String(opens));
        });
        return [row, details];
    }

    function detailsOf(client) {
        const explanation = client[`explanation_${language}`];
        const story = make(
            "div",
            {},
            make("h4", { textContent: say("why") }),
            make("p", {
                className: "why",
                textContent: explanation ?? say("no_explanation"),
            }),
            make("h4", { textContent: say("proposals") }),
            ...proposalsFor(client),
        );
        const facts = make("dl", { className: "facts" });
        for (const platform of PLATFORMS) {
            const count = client[`followers_${platform}`];
            facts.append(
                make("dt", { textContent: say(platform) }),
                make("dd", {}, count === null ? missingText("unknown") : writeNumber(count)),
            );
        }
        const side = make(
            "div",
            {},
            make("h4", { textContent: say("followers") }),
            facts,
            make("h4", { textContent: say("client_number") }),
            make("p", { textContent: client.id }),
        );
        if (client.is_set_by_hand) {
            side.append(make("p", { textContent: say("set_by_hand") }));
        }
        return make("div", { className: "sheet" }, story, side);
    }

    function proposalsFor(client) {
        const proposed = DATA.recommendation_lists[client.recommendations].map(
            (position) => DATA.recommendations[position],
        );
        if (proposed.length === 0) {
            return [make("p", { textContent: say("no_proposals") })];
        }
        const byPlatform = new Map();
        for (const recommendation of proposed) {
            const platform = recommendation.platform;
            byPlatform.set(platform, [
                ...(byPlatform.get(platform) ?? []),
                recommendation,
            ]);
        }
        return [...byPlatform].map(([platform, recommendations]) =>
            make(
                "div",
                { className: "proposal" },
                make("p", { className: "platform", textContent: platformName(platform) }),
                make("ul", {}, ...recommendations.map(proposal)),
            ),
        );
    }

    function proposal({ action, matched_on: matchedOn }) {
        const item = make("li", { textContent: action[language] });
        if (`matched_on_${matchedOn}` in DATA.texts) {
            const reason = `(${say(`matched_on_${matchedOn}`)})`;
            item.append(" ", make("span", { className: "reason", textContent: reason }));
        }
        return item;
    }

    // The table as a whole

    function showRows() {
        const shown = matches.slice(0, shownCount);
        byId("client-table").tBodies[0].replaceChildren(...shown.flatMap(clientRow));
        const rest = Math.min(STEP, matches.length - shown.length);
        byId("show-more").hidden = rest === 0;
        byId("show-more").textContent = sayCount("show_more", rest);
    }

    function findClients() {
        const words = searchedWords();
        matches = inOrder(CLIENTS.filter((client) => isFound(client, words)));
        shownCount = STEP;
        for (const name of Object.keys(FILTERS)) {
            fillFilter(name);
        }
        byId("match-count").textContent = sayCount("match_count", matches.length, {
            total: writeNumber(CLIENTS.length),
        });
        byId("client-table").hidden = matches.length === 0;
        byId("opening").hidden = matches.length === 0;
        byId("no-result").hidden = matches.length > 0;
        byId("filters-in-words").textContent = filtersInWords();
        for (const header of document.querySelectorAll("[data-sort]")) {
            if (header.dataset.sort === order) {
                header.setAttribute(
                    "aria-sort",
                    isDescending ? "descending" : "ascending",
                );
            } else {
                header.removeAttribute("aria-sort");
            }
        }
        byId("sorting").value = order;
        showRows();
    }

    // What a printed list was filtered by.
    function filtersInWords() {
        const parts = [];
        if (search.trim()) {
            parts.push(say("label_and_value", { label: say("name"), value: search.trim() }));
        }
        for (const [name, { entries, texts }] of Object.entries(FILTERS)) {
            const option = chosen[name];
            if (option !== ALL) {
                const label = say(name === "level" ? "engagement" : name);
                const value = entries[option]?.label() ?? say(texts[option]);
                parts.push(say("label_and_value", { label, value }));
            }
        }
        return parts.join(" · ");
    }

    // The address: filters, order and language stand behind its #.

    function writeAddress() {
        const parts = new URLSearchParams();
        if (language !== DATA.language) {
            parts.set("lang", language);
        }
        if (search.trim()) {
            parts.set("search", search.trim());
        }
        for (const [name, { entries }] of Object.entries(FILTERS)) {
            const option = chosen[name];
            if (option === MISSING || option === RARE) {
                parts.set(name, `(${option})`);
            } else if (option !== ALL) {
                parts.set(name, entries[option].key);
            }
        }
        if (order !== "name" || isDescending) {
            parts.set("sort", (isDescending ? "-" : "") + order);
        }
        const hash = `#${parts}`;
        if (location.hash !== hash && (location.hash || hash !== "#")) {
            history.replaceState(null, "", hash);
        }
    }

    function readAddress() {
        // Other fragments are places on the page.
        const isState = location.hash.includes("=");
        const parts = new URLSearchParams(isState ? location.hash.slice(1) : "");
        language = Object.hasOwn(DATA.texts.language, parts.get("lang"))
            ? parts.get("lang")
            : DATA.language;
        search = parts.get("search") ?? "";
        for (const [name, { entries }] of Object.entries(FILTERS)) {
            const key = parts.get(name);
            // The data may have changed since.
            const special = [MISSING, RARE].find(
                (option) => key === `(${option})` && isOffered(name, option),
            );
            const position = entries.findIndex((entry) => entry.key === key);
            chosen[name] = special ?? (position < 0 ? ALL : String(position));
        }
        const sort = (parts.get("sort") ?? "name").replace(/^-/, "");
        order = Object.hasOwn(ORDERS, sort) ? sort : "name";
        isDescending = (parts.get("sort") ?? "").startsWith("-");
    }

    function showLanguage() {
        document.documentElement.lang = language;
        document.title = say("title");
        for (const button of document.querySelectorAll("[data-language]")) {
            const isPressed = button.dataset.language === language;
            button.setAttribute("aria-pressed", String(isPressed));
        }
        byId("sorting").replaceChildren(
            ...Object.keys(ORDERS).map((key) =>
                make("option", { value: key, textContent: say(key) }),
            ),
        );
    }

    function update() {
        showLanguage();
        findClients();
        writeAddress();
    }

    function goTo(section) {
        section.scrollIntoView();
        section.querySelector("h2").focus({ preventScroll: true });
    }

    // What people do

    byId("search").addEventListener("input", (event) => {
        search = event.target.value;
        update();
    });
    for (const name of Object.keys(FILTERS)) {
        byId(name).addEventListener("change", (event) => {
            chosen[name] = event.target.value;
            update();
        });
    }
    byId("sorting").addEventListener("change", (event) => {
        order = event.target.value;
        isDescending = ORDERS[order].isDescending ?? false;
        update();
    });
    document.querySelector(".filters").addEventListener("submit", (event) => {
        event.preventDefault();
    });
    document.querySelector(".filters").addEventListener("reset", (event) => {
        event.preventDefault();
        chosen = { city: ALL, sector: ALL, segment: ALL, level: ALL };
        search = "";
        byId("search").value = "";
        update();
    });
    for (const header of document.querySelectorAll("[data-sort]")) {
        header.firstElementChild.addEventListener("click", () => {
            const key = header.dataset.sort;
            isDescending =
                order === key ? !isDescending : (ORDERS[key].isDescending ?? false);
            order = key;
            update();
        });
    }
    for (const button of document.querySelectorAll("[data-language]")) {
        button.addEventListener("click", () => {
            language = button.dataset.language;
            update();
        });
    }
    for (const button of document.querySelectorAll("[data-segment]")) {
        button.addEventListener("click", () => {
            chosen = { city: ALL, sector: ALL, segment: button.dataset.segment, level: ALL };
            search = "";
            byId("search").value = "";
            update();
            goTo(byId("clients"));
        });
    }
    for (const link of document.querySelectorAll('a[href^="#"]')) {
        // The address keeps the filters.
        link.addEventListener("click", (event) => {
            event.preventDefault();
            goTo(document.querySelector(link.getAttribute("href")));
        });
    }
    byId("show-more").addEventListener("click", () => {
        const before = shownCount;
        shownCount += STEP;
        showRows();
        document.querySelectorAll(".opener")[before].focus();
    });
    byId("open-all").addEventListener("click", () => {
        matches.slice(0, shownCount).forEach((client) => opened.add(client));
        showRows();
    });
    byId("close-all").addEventListener("click", () => {
        opened.clear();
        showRows();
    });
    window.addEventListener("hashchange", () => {
        if (location.hash === "" || location.hash.includes("=")) {
            readAddress();
            byId("search").value = search;
            update();
        }
    });
    // A chart that is wider than the screen scrolls, and the keyboard must reach it.
    const resized = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            if (target.scrollWidth > target.clientWidth) {
                target.tabIndex = 0;
            } else {
                target.removeAttribute("tabindex");
            }
        }
    });
    document.querySelectorAll(".wide").forEach((chart) => resized.observe(chart));

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
    byId("search").value = search;
    update();
})();
