"use strict";

// Tables of clients and of accounts: search and filters, order, details, language, print
// and export; the map that filters; and the tabs. Whatever comes from the data is put in
// as text, never as markup.
(() => {
    const DATA = JSON.parse(document.getElementById("data").textContent);
    // Rows per step of the table.
    const STEP = 100;
    // What a filter offers besides its entries: no filter, and the missing.
    const [ALL, MISSING] = ["", "(missing)"];
    const all = (selector) => document.querySelectorAll(selector);
    const TABS = [...all("[role=tab]")];
    // The language and the tab that is shown.
    const page = {};

    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const writeNumber = (value, options = {}) =>
        value.toLocaleString(page.language, { maximumFractionDigits: 0, ...options });
    // A growth has its sign.
    const SIGNED = { signDisplay: "exceptZero" };
    const writeDay = (day, dateStyle) =>
        new Date(day).toLocaleDateString(page.language, { dateStyle, timeZone: "UTC" });
    const collator = () => new Intl.Collator(page.language, { numeric: true });

    // Letters without accents, case and ligatures, so that "oeuvre" finds "Œuvre".
    const plain = (text) =>
        text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss")
            .replace(/[’ʼ`]/g, "'").normalize("NFKD").replace(/\p{M}/gu, "")
            .replace(/\s+/g, " ").trim();

    function make(tag, properties = {}, ...children) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(properties)) {
            name in element ? (element[name] = value) : element.setAttribute(name, value);
        }
        element.append(...children);
        return element;
    }

    const quiet = (text) => make("span", { className: "quiet" }, text);

    function on(elements, event, action) {
        for (const element of elements) {
            element.addEventListener(event, (happened) => action(element, happened));
        }
    }

    function goTo(section) {
        const of = section.closest(".panel")?.dataset.of;
        if (of && of !== page.tab) {
            showTab(of);
        }
        section.scrollIntoView();
        section.querySelector("h2").focus({ preventScroll: true });
    }

    // What differs between the tables. Each filter has the texts of the options that are
    // none; each column what it is ordered by and what its cell shows, the name but that;
    // fields are what is searched and exported besides those that every table has.
    const KINDS = {
        visibility: {
            prefix: "",
            section: "clients",
            filters: {
                city: { all: "all_cities", missing: "unknown_city" },
                sector: { all: "all_sectors", missing: "unknown_sector" },
                segment: { all: "all_segments" },
                level: { all: "all_levels" },
            },
            filterLabels: { level: "audience" },
            highestFirst: ["segment_since", "audience", "followers", "growth", "priority"],
            numbers: ["followers", "growth", "priority"],
            title: (client, { say }) => client.name ?? `${say("no_name")} (${client.id})`,
            columns: {
                city: [(one) => one.city, (one, { missing }) => [one.city ?? missing("unknown_city")]],
                sector: [
                    (one) => one.sector,
                    (one, { missing }) => [one.sector ?? missing("unknown_sector")],
                ],
                audience: [(one) => one.score, audienceOf],
                followers: [(one) => one.followers, (one, { count }) => [count(one.followers)]],
                growth: [(one) => one.growth, growthOf],
                priority: [(one) => one.priority, (one, { count }) => [count(one.priority)]],
            },
            fields: (one, { labelOf }) => ({
                city: one.city,
                sector: one.sector,
                audience: one.score,
                audience_level: labelOf("level", one.level),
                target_platform: one.target,
                followers: one.followers,
                facebook: one.followers_facebook,
                instagram: one.followers_instagram,
                tiktok: one.followers_tiktok,
                other: one.followers_other,
                growth_in_30_days: one.growth,
                priority: one.priority,
                turnover: one.turnover,
            }),
            story: (client, { heading }) => {
                const priority = client[`priority_${page.language}`];
                return priority ? [heading("priority"), make("p", {}, priority)] : [];
            },
            side: clientInFigures,
        },
        purchases: {
            prefix: "account_",
            section: "accounts",
            filters: {
                country: { all: "all_countries", missing: "unknown_country" },
                segment: { all: "all_segments" },
                rfm: { all: "all_rfm" },
                activity: { all: "all_activities" },
            },
            filterLabels: {},
            highestFirst: ["segment_since", "sales", "last_sold_on"],
            numbers: ["sales"],
            title: (account) => account.name ?? account.id,
            columns: {
                country: [
                    (one) => one.country,
                    (one, { missing }) => [one.country ?? missing("unknown_country")],
                ],
                rfm: [
                    (one, { place }) => place("rfm", one),
                    (one, { labelOf }) => [labelOf("rfm", one.rfm)],
                ],
                activity: [
                    (one, { place }) => place("activity", one),
                    (one, { labelOf, say, missing }) =>
                        one.activity === null
                            ? [missing("unknown")]
                            : [
                                  `${labelOf("activity", one.activity)} `,
                                  quiet(`${say("since")} ${writeDay(one.activity_since, "medium")}`),
                              ],
                ],
                last_sold_on: [
                    (one) => one.last_sold_on,
                    (one) => [writeDay(one.last_sold_on, "medium")],
                ],
                sales: [(one) => one.sales, (one, { count }) => [count(one.sales)]],
            },
            fields: (one, { labelOf }) => ({
                country: one.country,
                rfm: labelOf("rfm", one.rfm),
                activity: one.activity && labelOf("activity", one.activity),
                last_sold_on: one.last_sold_on,
                sales: one.sales,
                orders: one.orders,
                average_order: one.average_order,
                products: one.products,
            }),
            story: (account, { say, heading }) => [
                heading("products"),
                make("p", {}, account.products ?? say("no_products")),
            ],
            side: (account, { heading, facts, count }) => {
                const names = ["sales", "orders", "average_order", "recency"];
                return [heading("purchases"), facts(names.map((name) => [name, count(account[name])]))];
            },
        },
    };

    function audienceOf(client, { say, labelOf }) {
        const level = labelOf("level", client.level);
        if (client.score === null) {
            return [quiet(level)];
        }
        const bar = make("progress", { max: 100, value: client.score, "aria-hidden": "true" });
        const least = client.is_least ? `${say("at_least")} ` : "";
        return [least, make("strong", {}, writeNumber(client.score)), ` ${level}`, bar];
    }

    function growthOf(client, { missing }) {
        if (client.growth === null) {
            return [missing("unknown")];
        }
        const part = client.growth_share;
        const share = { ...SIGNED, style: "percent", maximumFractionDigits: 1 };
        const words = part === undefined || part === null ? "" : ` (${writeNumber(part, share)})`;
        return [writeNumber(client.growth, SIGNED), quiet(words)];
    }

    function clientInFigures(client, { say, heading, facts, count, missing }) {
        const platforms = ["facebook", "instagram", "tiktok", "other"];
        const counts = platforms.map((name) => [name, count(client[`followers_${name}`])]);
        const side = [heading("followers"), facts(counts)];
        if (client.carried_since) {
            const day = writeDay(client.carried_since, "long");
            side.push(make("p", {}, `${say("carried_since")} ${day}.`));
        }
        const ranks = ["followers", "growth"].filter((name) => client[`${name}_rank`]);
        const rankOf = (name) => {
            const [rank, count] = [client[`${name}_rank`], client[`${name}_ranked`]];
            return [`${name}_rank`, say("rank_of", { rank: writeNumber(rank), count: writeNumber(count) })];
        };
        if (ranks.length) {
            side.push(heading("ranks"), facts(ranks.map(rankOf)));
        }
        side.push(heading("target_platform"), make("p", {}, client.target ?? missing("none")));
        side.push(heading("turnover"), make("p", {}, count(client.turnover)));
        return side;
    }

    // The texts of the conditions that a recommendation was matched on; of others none.
    const CONDITIONS = {
        matched_on_category: /^(?:category|one of .+)$/,
        matched_on_city: /^city$/,
        matched_on_category_and_city: /^category_and_city$/,
        matched_on_no_account_at_all: /^no account on any$/,
        matched_on_no_account: /^no account on (.+)$/,
        matched_on_account: /^account on (.+)$/,
        matched_on_followers_from: /^followers from (.+)$/,
        matched_on_followers_below: /^followers below (.+)$/,
        matched_on_growing: /^growing$/,
        matched_on_falling: /^falling$/,
    };

    const LISTS = Object.entries(DATA.lists).map(([name, data]) => makeList(data, KINDS[name]));

    function makeList(data, kind) {
        const CLIENTS = data.rows.map((row) =>
            Object.fromEntries(data.columns.map((column, i) => [column, row[i]])),
        );
        const SEGMENTS = new Map(data.segments.map((segment) => [segment.key, segment]));
        const section = document.getElementById(kind.section);
        // The fields that a publication may not have.
        const has = (name) => data.columns.includes(name);
        const byId = (id) => document.getElementById(kind.prefix + id);
        const within = (selector) => section.closest(".panel").querySelectorAll(selector);
        const entriesOf = (name) =>
            name === "segment"
                ? SEGMENTS
                : name in data.options
                  ? new Map(data.options[name].map((option) => [option.key, option]))
                  : new Map(CLIENTS.map((client) => [client[name] ?? MISSING, null]));
        // Each filter with its entries.
        const FILTERS = Object.fromEntries(
            Object.entries(kind.filters).map(([name, texts]) => [
                name,
                { ...texts, entries: entriesOf(name) },
            ]),
        );
        const place = (name, client) => {
            const position = [...FILTERS[name].entries.keys()].indexOf(client[name]);
            return position < 0 ? null : position;
        };
        const COLUMNS = {
            name: [(client) => client.name ?? client.id],
            segment: [(client) => place("segment", client), segmentOf],
            segment_since: [
                (one) => one.segment_since,
                (one) => [one.segment_since ? writeDay(one.segment_since, "medium") : missing("unknown")],
            ],
            ...kind.columns,
        };
        // The columns that the page has, in their order.
        const ORDERS = [...within("[data-sort]")].map((header) => header.dataset.sort);
        const FIRST = has("priority")
            ? { order: "priority", isDescending: true }
            : { order: "name", isDescending: false };
        const UNFILTERED = { search: "" };
        Object.keys(FILTERS).forEach((name) => (UNFILTERED[name] = ALL));
        // What is looked at: search and filters, order and its direction.
        const view = {};
        let matches = [];
        let shownCount = STEP;
        const opened = new Set();

        // A table has some texts of its own.
        const textOf = (key) => DATA.texts[kind.prefix + key] ?? DATA.texts[key];
        const say = (key, values = {}) => fill(textOf(key)[page.language], values);
        function sayCount(key, count, values = {}) {
            const isOne = page.language === "fr" ? count <= 1 : count === 1;
            const form = textOf(key)[page.language][isOne ? "one" : "other"];
            return fill(form, { ...values, count: writeNumber(count) });
        }
        const missing = (key) => quiet(say(key));
        const count = (value) => (value === null ? missing("unknown") : writeNumber(value));
        const nameOf = (key) => data.segment_names[key]?.[page.language] ?? key;
        const heading = (key) => make("h4", {}, say(key));
        const facts = (pairs) => {
            const words = ([key, value]) => [make("dt", {}, say(key)), make("dd", {}, value)];
            return make("dl", {}, ...pairs.flatMap(words));
        };
        const tools = { say, missing, count, heading, facts, labelOf, place };

        // A segment's mark is on its card already.
        const SWATCHES = new Map(
            [...SEGMENTS.keys()].map((key, i) => [key, within(".card .swatch")[i]]),
        );

        // What is searched, and exported with why and what.
        function fieldsOf(client) {
            return {
                name: client.name,
                client_number: client.id,
                segment: nameOf(client.segment),
                segment_since: client.segment_since,
                previous_segment: client.previous_segment && nameOf(client.previous_segment),
                ...kind.fields(client, tools),
            };
        }

        function searchedOf(client) {
            client.searched ??= {};
            const texts = () => Object.values(fieldsOf(client)).filter((one) => typeof one === "string");
            return (client.searched[page.language] ??= plain(texts().join(" ")));
        }

        // Filters and order

        function isFound(client, words, except) {
            const accepts = (name) =>
                name === except || [ALL, client[name] ?? MISSING].includes(view[name]);
            return (
                Object.keys(FILTERS).every(accepts) &&
                words.every((word) => searchedOf(client).includes(word))
            );
        }

        function labelOf(name, option) {
            const { entries, missing: text } = FILTERS[name];
            const known = entries.get(option)?.name?.[page.language];
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
            const value = (client) => COLUMNS[view.order][0](client, tools);
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
            const className = kind.numbers.includes(key) ? "number" : "";
            const label = { role: "cell", className, "data-label": say(key) };
            return make("td", label, make("div", {}, ...children));
        }

        function segmentOf(client) {
            const swatch = SWATCHES.get(client.segment).cloneNode(true);
            const name = make("span", {}, nameOf(client.segment));
            return [make("span", { className: "with-swatch" }, swatch, name)];
        }

        function clientRows(client, number) {
            const details = make("td", { role: "cell", colSpan: ORDERS.length });
            const detailsRow = make("tr", { role: "row", className: "details" }, details);
            detailsRow.id = `${kind.prefix}details-${number}`;
            const opener = make(
                "button",
                { type: "button", className: "opener", "aria-controls": detailsRow.id },
                kind.title(client, tools),
            );
            const cells = ORDERS.slice(1).map((key) => cell(key, ...COLUMNS[key][1](client, tools)));
            const row = make(
                "tr",
                { role: "row", className: "client" },
                make("td", { role: "cell" }, opener),
                ...cells,
            );
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
            const explanation = client[`explanation_${page.language}`] ?? say("no_explanation");
            const story = [
                heading("why"),
                make("p", {}, explanation),
                ...kind.story(client, tools),
                heading("proposals"),
            ];
            const side = kind.side(client, tools);
            side.push(heading("client_number"), make("p", {}, client.id));
            if (client.previous_segment) {
                side.push(heading("previous_segment"), make("p", {}, nameOf(client.previous_segment)));
            }
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

        function reasonsOf(matchedOn) {
            const nameOfPlatform = (key) => DATA.platforms[key]?.[page.language] ?? key;
            return (matchedOn ?? "").split(", ").flatMap((condition) => {
                const form = Object.entries(CONDITIONS).find(([, form]) => form.test(condition));
                if (!form) {
                    return [];
                }
                const names = condition.match(form[1])[1]?.split(" | ").map(nameOfPlatform);
                const value = new Intl.ListFormat(page.language).format(names ?? []);
                return [say(form[0], { value })];
            });
        }

        function proposalsFor(client) {
            const byPlatform = new Map();
            for (const position of client.recommendations) {
                const { platform, action, matched_on: matchedOn } = data.recommendations[position];
                const item = make("li", {}, action[page.language]);
                const reasons = reasonsOf(matchedOn);
                if (reasons.length) {
                    item.append(" ", quiet(`(${reasons.join(", ")})`));
                }
                byPlatform.set(platform, [...(byPlatform.get(platform) ?? []), item]);
            }
            if (byPlatform.size === 0) {
                return [make("p", {}, say("no_proposals"))];
            }
            return [...byPlatform].map(([platform, items]) => {
                if (platform === null) {
                    return make("ul", {}, ...items);
                }
                const name = DATA.platforms[platform]?.[page.language] ?? platform;
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
            within("[data-sort]").forEach((header) => header.removeAttribute("aria-sort"));
            const direction = view.isDescending ? "descending" : "ascending";
            within(`[data-sort=${view.order}]`)[0].setAttribute("aria-sort", direction);
            if (byId("search").value !== view.search) {
                byId("search").value = view.search;
            }
            Object.keys(FILTERS).forEach((name) => fillFilter(name, words));
            for (const place of within("[data-city]")) {
                place.setAttribute("aria-pressed", String(place.dataset.city === view.city));
            }
            const sortings = ORDERS.map((key) => make("option", { value: key }, say(key)));
            byId("sorting").replaceChildren(...sortings);
            byId("sorting").value = view.order;
            const total = writeNumber(CLIENTS.length);
            byId("match-count").textContent = sayCount("match_count", matches.length, { total });
            byId("client-table").hidden = matches.length === 0;
            byId("actions").hidden = matches.length === 0;
            byId("no-result").hidden = matches.length > 0;
            byId("filters-in-words").textContent = filtersInWords();
            showRows();
            writeAddress();
        }

        // What a printed list was filtered by.
        function filtersInWords() {
            const parts = { name: view.search.trim() };
            for (const name of Object.keys(FILTERS)) {
                const key = kind.filterLabels[name] ?? name;
                parts[key] = view[name] && labelOf(name, view[name]);
            }
            const words = ([key, value]) => say("label_and_value", { label: say(key), value });
            return Object.entries(parts).filter(([, value]) => value).map(words).join(" · ");
        }

        // What was found, as a spreadsheet of the reader's language opens it: French has
        // semicolons and decimal commas. No text may become a formula there.
        function toCsv() {
            const [separator, point] = page.language === "fr" ? [";", ","] : [",", "."];
            const write = (value) => {
                if (typeof value === "number") {
                    return String(Number(value.toFixed(4))).replace(".", point);
                }
                // As in the CSV of everybody: a sign makes a formula behind spaces and in full
                // width too, and a line break ends a line.
                const text = String(value ?? "").replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
                const first = text.match(/[^\p{Z}\p{C}]/u)?.[0].normalize("NFKC")[0];
                const safe = "=+-@".includes(first) ? `'${text}` : text;
                return `"${safe.replaceAll('"', '""')}"`;
            };
            const proposed = (client) =>
                client.recommendations.map((at) => data.recommendations[at].action[page.language]);
            const lines = matches.map((client) => ({
                ...fieldsOf(client),
                why: client[`explanation_${page.language}`],
                proposals: proposed(client).join(" \u00b7 "),
            }));
            // Fields that the publication has not are undefined.
            const keys = Object.keys(lines[0]).filter((key) => lines[0][key] !== undefined);
            const rows = [keys.map((key) => say(key)), ...lines.map((line) => keys.map((key) => line[key]))];
            return `\ufeff${rows.map((row) => row.map(write).join(separator)).join("\r\n")}\r\n`;
        }

        function download() {
            const href = URL.createObjectURL(new Blob([toCsv()], { type: "text/csv" }));
            make("a", { href, download: `${kind.section}.csv` }).click();
            setTimeout(() => URL.revokeObjectURL(href), 60_000);
        }

        // Its part of the address.
        function toAddress() {
            const sort = (view.isDescending ? "-" : "") + view.order;
            const state = {
                search: view.search.trim(),
                ...Object.fromEntries(Object.keys(FILTERS).map((name) => [name, view[name]])),
                sort: view.order === FIRST.order && view.isDescending === FIRST.isDescending ? "" : sort,
            };
            return Object.entries(state).map(([name, value]) => [kind.prefix + name, value]);
        }

        function fromAddress(parts) {
            const part = (name) => parts.get(kind.prefix + name);
            const [, minus, key] = (part("sort") ?? "").match(/^(-?)(.*)$/s);
            const read = {
                ...UNFILTERED,
                search: part("search") ?? "",
                ...(ORDERS.includes(key) ? { order: key, isDescending: minus !== "" } : FIRST),
            };
            for (const [name, { entries }] of Object.entries(FILTERS)) {
                // The data may have changed since.
                if (entries.has(part(name))) {
                    read[name] = part(name);
                }
            }
            update(read);
        }

        // What people do

        const orderBy = (order, isDescending = kind.highestFirst.includes(order)) =>
            update({ order, isDescending });

        on([byId("search")], "input", (input) => update({ search: input.value }));
        on(within(".filters select"), "change", (select) => {
            const name = select.id.slice(kind.prefix.length);
            name === "sorting" ? orderBy(select.value) : update({ [name]: select.value });
        });
        on(within(".filters"), "submit", (_, event) => event.preventDefault());
        on(within(".filters"), "reset", (_, event) => {
            event.preventDefault();
            update(UNFILTERED);
        });
        on(within("[data-sort] button"), "click", (button) => {
            const key = button.parentElement.dataset.sort;
            orderBy(key, view.order === key ? !view.isDescending : undefined);
        });
        on(within("[data-segment]"), "click", (button) => {
            update({ ...UNFILTERED, segment: button.dataset.segment });
            goTo(section);
        });
        on(within("[data-city]"), "click", (place) => {
            const { city } = place.dataset;
            update({ city: view.city === city ? ALL : city });
        });
        // A circle is no button that browsers know.
        on(within("g[data-city]"), "keydown", (place, event) => {
            if (["Enter", " "].includes(event.key)) {
                event.preventDefault();
                place.dispatchEvent(new MouseEvent("click"));
            }
        });
        on([byId("export")], "click", download);
        on([byId("show-more")], "click", () => {
            const before = shownCount;
            shownCount += STEP;
            showRows();
            within(".opener")[before].focus();
        });
        on([byId("open-all")], "click", () => {
            matches.slice(0, shownCount).forEach((client) => opened.add(client));
            showRows();
        });
        on([byId("close-all")], "click", () => {
            opened.clear();
            showRows();
        });

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

        for (const key of kind.numbers.filter((key) => ORDERS.includes(key))) {
            within(`[data-sort=${key}]`)[0].classList.add("number");
        }
        return { update, toAddress, fromAddress };
    }

    // The address: filters, order, language and tab stand behind its #.

    function writeAddress() {
        // Not every table has been told of it yet.
        if (page.isReading) {
            return;
        }
        const state = [
            ["tab", page.tab === TABS[0]?.dataset.tab ? "" : page.tab],
            ["lang", page.language === DATA.language ? "" : page.language],
            ...LISTS.flatMap((list) => list.toAddress()),
        ];
        const hash = `#${new URLSearchParams(state.filter(([, value]) => value))}`;
        if (location.hash !== hash && (location.hash || hash !== "#")) {
            history.replaceState(null, "", hash);
        }
    }

    function readAddress() {
        // Other fragments are places on the page.
        const isState = location.hash.includes("=");
        const parts = new URLSearchParams(isState ? location.hash.slice(1) : "");
        const place = document.getElementById(location.hash.slice(1));
        const names = TABS.map((tab) => tab.dataset.tab);
        const asked = [parts.get("tab"), place?.closest(".panel")?.dataset.of];
        page.isReading = true;
        page.language = Object.hasOwn(DATA.texts.language, parts.get("lang"))
            ? parts.get("lang")
            : DATA.language;
        showTab(asked.find((name) => names.includes(name)) ?? names[0]);
        showLanguage();
        LISTS.forEach((list) => list.fromAddress(parts));
        page.isReading = false;
        writeAddress();
    }

    function showLanguage() {
        document.documentElement.lang = page.language;
        document.title = DATA.texts.title[page.language];
        for (const button of all("[data-language]")) {
            const isPressed = button.dataset.language === page.language;
            button.setAttribute("aria-pressed", String(isPressed));
        }
    }

    // One segmentation alone has no tab, and is shown.
    function showTab(name) {
        page.tab = name;
        for (const tab of TABS) {
            const isShown = tab.dataset.tab === name;
            tab.setAttribute("aria-selected", String(isShown));
            tab.tabIndex = isShown ? 0 : -1;
        }
        if (TABS.length) {
            all("[data-of]").forEach((part) => (part.hidden = part.dataset.of !== name));
        }
        writeAddress();
    }

    on(TABS, "click", (tab) => showTab(tab.dataset.tab));
    on(TABS, "keydown", (tab, event) => {
        const last = TABS.length - 1;
        const at = TABS.indexOf(tab);
        const next = {
            ArrowRight: at === last ? 0 : at + 1,
            ArrowLeft: at === 0 ? last : at - 1,
            Home: 0,
            End: last,
        }[event.key];
        if (next !== undefined) {
            event.preventDefault();
            showTab(TABS[next].dataset.tab);
            TABS[next].focus();
        }
    });
    on(all("[data-language]"), "click", (button) => {
        page.language = button.dataset.language;
        showLanguage();
        LISTS.forEach((list) => list.update({}));
    });
    // The address keeps the filters.
    on(all('a[href^="#"]'), "click", (link, event) => {
        event.preventDefault();
        goTo(document.querySelector(link.getAttribute("href")));
    });
    window.addEventListener("hashchange", () => {
        if (location.hash === "" || location.hash.includes("=")) {
            readAddress();
        }
    });
    on(all(".enlarge"), "click", (button) => {
        const isLarge = button.parentElement.classList.toggle("large");
        button.setAttribute("aria-pressed", String(isLarge));
    });
    // What is folded is printed too.
    let folded = [];
    window.addEventListener("beforeprint", () => {
        folded = [...all("details:not([open])")];
        folded.forEach((part) => (part.open = true));
    });
    window.addEventListener("afterprint", () => folded.forEach((part) => (part.open = false)));
    // A chart that is wider than the screen scrolls, and the keyboard must reach it.
    const resized = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            const isWider = target.scrollWidth > target.clientWidth;
            isWider ? (target.tabIndex = 0) : target.removeAttribute("tabindex");
        }
    });
    all(".wide").forEach((chart) => resized.observe(chart));

    document.documentElement.classList.add("has-script");
    readAddress();
})();
