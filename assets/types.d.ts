// The types of the browser's side, for `make check`; nothing here is sent. `Wire` is what travels (docs/wire.md), `Dashboard`
// is what the modules of js/ and later/ give to each other.

/** What is found by a selector is HTML here, or is asked for by its tag. */
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  closest(selectors: string): HTMLElement | null;
}

/** In the worker (import-digest.js): js-sha256, and how it is loaded. */
declare function importScripts(address: string): void;
declare const sha256: { create(): { update(bytes: ArrayBuffer): void; hex(): string } };

interface Window {
  dashboard: Dashboard;
  dash_clientside?: DashClientside;
  /** Once its script has run (charts.js loads it). */
  Plotly?: Plotly;
  /** Once assets/later/html-to-image.min.js has run. */
  htmlToImage: { toBlob(element: HTMLElement, options: object): Promise<Blob | null> };
}

/** What Dash gives to the browser's side of its callbacks. */
interface DashClientside {
  set_props(id: string, props: object): void;
  no_update: object;
  callback_context: { triggered: { prop_id: string }[] };
  dashboard: Pick<Dashboard["controls"], "control"> & Pick<Dashboard["carrier"], "follow">;
}

/** What the store "selection" holds: the page and query that are looked at; the number tells one request from another. */
type Looked = { page: string; query: string; request?: number };
/** What Dash's controls say, by their id. */
type ControlValues = Record<string, { options?: { label: string; value: string }[]; value?: any }>;
/** A request for figures on its way. */
type Asked = { selection: Looked; response: Promise<Response> };

/** plotly.js, as far as it is called. */
interface Plotly {
  newPlot(chart: ChartElement, data: Trace[], layout: Layout, config: object | null): Promise<unknown>;
  redraw(chart: ChartElement): Promise<unknown>;
  purge(chart: ChartElement): void;
  Fx: { hover(chart: ChartElement, event: object, subplot: string): void; unhover(chart: ChartElement): void };
}

/** A trace, a layout, an axis of plotly: its own documentation has the rest. */
type Trace = Record<string, any>;
/** A trace of a point for each text. */
type Written = Trace & { x: any[]; y: Wire.Figure[]; text: string[] };
type Layout = Record<string, any>;
type Axis = Record<string, any>;
/** What stands on a canvas. */
type Pen = CanvasRenderingContext2D;

declare namespace Wire {
  type Unit = "money" | "unit_money" | "count" | "people" | "percent" | "ratio" | "months";
  type Figure = number | null;
  /** Where the second stands in the first: of a figure, its text before and after. */
  type Around = [before: string, after: string];
  /** From `limit` on a figure is divided by `divisor` and written between two texts. */
  type Step = [limit: number, divisor: number, before: string, after: string];

  /** How the locale writes (kpi/formats.py, `for_browser`). */
  interface Formats {
    decimal: string;
    group: string;
    groups: [first: number, further: number];
    money: Around;
    percent: Around;
    compact: Step[];
    compact_money: Step[];
    plotly: { months: string[]; month: string; dayMonth: string; dayMonthYear: string; [name: string]: any };
  }

  interface Metric {
    label: string;
    short: string;
    unit: Unit;
    decimals: number;
    better: "up" | "down" | "neither";
    definition: string;
    formula: string;
  }

  /** What the layout carries for the browser. */
  interface Spec {
    prefix: string;
    currency: string;
    locale: string;
    formats: Formats;
    dimensions: Record<string, string>;
    metrics: Record<string, Metric>;
    presets: [string, string][];
    compares: [string, string][];
    grains: [string, string][];
    defaults: Record<string, string>;
    pages: Record<string, Page>;
    reader?: string;
    /** What is said where the own key is asked for, in the place of a sign-in. */
    key?: string;
    /** Component libraries that pages of somebody's own may use, by the name that components carry. */
    libraries?: Record<string, { js?: string[]; css?: string[] }>;
  }

  interface Page {
    title: string;
    path: string;
    shape: string;
    visuals: Record<string, VisualSpec>;
    /** Its module in later/, where that draws it. */
    body?: string;
    /** Whether it is somebody's own, and has charts of plotly. */
    own?: boolean;
    plotly?: boolean;
  }

  interface CardsSpec {
    kind: "cards";
    title?: string;
    metrics: string[];
  }
  /** What a column is shaded against; null: it is not. */
  type Center = "zero" | "average" | null;
  interface TableSpec {
    kind: "table";
    title?: string;
    keys: string[];
    metrics: string[];
    gradient: Record<string, Center>;
    shaded: string;
    sort: string | null;
  }
  interface ChartSpec {
    kind: "chart";
    title?: string;
    height: number;
    layout: Layout;
    traces: Trace[];
    grain?: boolean;
    /** Whether its figures are in words on paper, as they are not written at its marks. */
    in_words?: boolean;
    pick?: Record<string, string>;
  }
  interface CalloutsSpec {
    kind: "callouts";
    title?: string;
  }
  type VisualSpec = CardsSpec | TableSpec | ChartSpec | CalloutsSpec;

  /** What is chosen: `only` by dimension, and the rest by its name in the address. */
  interface Chosen {
    last: string | null;
    from: string | null;
    to: string | null;
    compare: string;
    grain: string;
    rolling?: string | null;
    rank: string;
    [dimension: string]: any;
  }

  interface Period {
    start: string;
    end: string;
    label: string;
    days: number;
    grain: string;
    sentence: string;
    /** The label of `chosen.last`. */
    last: string | null;
    baseline: string | null;
    baseline_note: string | null;
    provisional_from: string | null;
    caveats: string | null;
  }

  /** A filter in use, in words. */
  interface Chip {
    dimension: string;
    label: string;
    named: string;
    all: string;
  }

  interface Data {
    version: string;
    /** Whether it is the demo company's. */
    demo: boolean;
    /** Changes with who counts as a customer already. */
    rule: string;
    through: string;
    loaded: string;
    label: string;
    notice: string | null;
    platforms: string[];
  }

  /** The answer to a change. */
  interface View {
    page: string;
    query: string;
    shape: string;
    headline: string;
    /** Where nothing matches: why, and what to do about it. */
    empty: { text: string; ways: { label: string; query: string }[] } | null;
    files: string;
    notes: string[];
    data: Data;
    period: Period;
    extent: { first: string; last: string };
    as_of?: { version: number; label: string; sentence: string; query: string } | null;
    options: Record<string, string[]>;
    many: Record<string, number>;
    chosen: Chosen;
    chips: Chip[];
    /** The rows that the reader may see, in words; none where all. */
    scope: string[];
    /** By chapter: what compares too little to be shown, and a sentence that says so. */
    left_out: { chapter: string; visuals: string[]; by: Record<string, string>; text: string }[];
    visuals: Record<string, Visual>;
    /** Of the panel, which is not in the layout. */
    spec?: Record<string, VisualSpec & { title: string }>;
  }

  interface Card {
    value: Figure;
    baseline: Figure;
    change: Figure;
    /** The figure in short and the baseline's, its change with its sign, and what that is; `turned` from a loss or to one. */
    text: string;
    was: string;
    turned: boolean;
    step: string | null;
    tone: "good" | "bad" | "";
    spark: Figure[];
    spark_before: Figure[];
    /** Where it is of other days than the other cards. */
    days?: string[][];
    low: Figure;
    /** Where the metric is called otherwise than in the spec. */
    label?: string;
    notes: string[];
    noted: boolean;
  }
  interface Cards {
    state: "ready";
    metrics: string[];
    cards: Card[];
    /** Which days the points of each course are of: now, and before. */
    days: string[][];
    line: string | null;
  }
  interface Table {
    state: "ready";
    keys: string[][];
    values: Figure[][];
    total: Figure[] | null;
    line: string | null;
    why?: Record<string, string[]>;
    metrics?: string[];
    sort?: string | null;
    shades: (number[] | null)[];
  }
  interface Chart {
    state: "ready";
    traces: (Trace & { of: number })[];
    layout?: Layout;
    line: string | null;
    alt?: string;
  }
  interface Callout {
    kind: string;
    title: string;
    text: string;
    query: string | null;
  }
  interface Callouts {
    state: "ready";
    items: Callout[];
  }
  interface Said {
    state: "empty" | "error";
    text: string;
  }
  type Visual = Cards | Table | Chart | Callouts | Said;
}

/** A visual of the layout or of the panel: its element and what is drawn in it. */
interface AnyItem {
  page: string;
  name: string;
  title: string;
  root: HTMLElement;
  body: HTMLElement;
  /** The answer on the glass, as text. */
  drawn: string | null;
  state: string;
  /** The sentence below, and the one in the place of the figure. */
  line?: HTMLElement | null;
  said?: HTMLElement | null;
  /** What is to be drawn, or was drawn last. */
  pending?: { context: { answer: Wire.View; visual: Wire.Visual }; now: string };
  still?: boolean;
  again?: () => void;
}

/** `parts` is what the module of its kind has built in its body: there from its first drawing on. */
interface CardsItem extends AnyItem {
  spec: Wire.CardsSpec;
  parts: { shape: string; cards: CardParts[] };
}
interface TableItem extends AnyItem {
  spec: Wire.TableSpec;
  parts: TableParts;
}
interface CalloutsItem extends AnyItem {
  spec: Wire.CalloutsSpec;
  parts: HTMLElement;
}
interface ChartItem extends AnyItem {
  spec: Wire.ChartSpec;
  parts: ChartElement;
  visual: Wire.Chart | null;
  width: number;
  /** Whether it is in sight or nearly. */
  near?: boolean;
  /** The theme it was drawn in. */
  hue?: string;
  legend: HTMLElement | null;
  legendShape: string | null;
  /** The groups of traces that the reader has switched off. */
  off: Set<string>;
  titles: Record<string, HTMLElement> | null;
  marks?: HTMLElement;
}
type Item = CardsItem | TableItem | CalloutsItem | ChartItem;

interface ChartElement extends HTMLElement {
  item: ChartItem;
  heard?: boolean;
  data?: Trace[];
  /** Plotly's, once it has drawn. */
  _fullLayout?: Layout;
  on(event: string, heard: (event: { points: ChartPoint[] }) => void): void;
}
type ChartPoint = Record<string, any> & { data: Trace };

interface CardParts {
  key: string;
  metric: Wire.Metric;
  label: HTMLElement;
  value: HTMLElement;
  change: HTMLElement;
  arrow: HTMLElement;
  step: HTMLElement;
  /** What stands before the figure of the baseline, and that figure. */
  words: HTMLElement;
  old: HTMLElement;
  path: SVGElement;
  before: SVGElement;
  area: SVGElement;
  /** The point that is pointed at, and the line through it. */
  at: number;
  mark: SVGElement;
  spark: SVGElement;
  /** What is shown; from the first answer on. */
  card: Wire.Card;
  period: Wire.Period;
  days: string[][];
}

/** A column of names: which key of the spec it shows, and which one in small below. */
interface NameColumn {
  key: string;
  place: number;
  below?: number;
}
interface TableHead {
  key: string;
  cell: HTMLElement;
  words: boolean;
}
interface TableParts {
  shape: string;
  /** All metrics of the answer, those whose columns are shown, and the places of these among all. */
  every: string[];
  metrics: string[];
  places: number[];
  dimensions: string[];
  columns: NameColumn[];
  heads: TableHead[];
  body: TableBody;
  foot: HTMLElement;
  rows: TableRow[];
  total: TableRow | null;
  sort: { key: string; down: boolean } | null;
  visual: Wire.Table;
  key: HTMLElement;
}
type TableBody = HTMLTableSectionElement & { item: TableItem };
/** `fillRow` says which row of the data it is. */
type NamedRow = HTMLTableRowElement & { pairs?: Pair[] };
interface TableRow {
  row: NamedRow;
  names: { cell: HTMLElement; main: HTMLElement; dot: HTMLElement | null; below: HTMLElement | null }[];
  cells: HTMLElement[];
}

/** A dimension and its value. */
type Pair = [dimension: string, value: string];

/** A line of a tooltip; `metric` makes it a link to the glossary. */
type TipLine = { kind?: string; text?: string; metric?: string } | null;

/** What elements are made of; false and null are left out, a function hears the event of its name. */
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => unknown)>;
type Child = Node | string | null;

/** What a refusal of an import says beside its sentence: the server's status, in how many seconds to ask again, whether the same
    may be sent again, and whether there was no server at all. */
interface ImportRefusal {
  status: number;
  after: number;
  again: boolean;
  away: boolean;
}
type Refuse = (sentence: string, refusal?: Partial<ImportRefusal>) => Error & { refusal: Partial<ImportRefusal> };
/** A button and what it does. */
type ImportAction = [label: string, act: () => unknown];
/** What sending a file needs of the Import page. */
interface ImportSending {
  refuse: Refuse;
  read(status: number, body: string, after?: number): any;
  say(sentence: string): void;
  progress(part: number): void;
  signal: AbortSignal;
}

/** The elements that the shell always has (components/shell.py). */
type ShellId =
  | "agreement" | "announcer" | "chips" | "close-filters" | "copy-link" | "filter-count" | "filters" | "main" | "notes" | "open-filters" | "period"
  | "retry-error" | "scrim" | "status" | "theme" | "workbook";

interface Dashboard {
  prefix: string;
  /** The addresses of plotly.js as our charts need it, of all of it, and of what `later` loads. */
  plotly: string;
  whole: string;
  parts: Record<string, { js?: string; css?: string }>;
  /** What was asked for before anybody wanted it. */
  early: (Asked & { page: string; query: string; controller?: AbortController }) | null;
  /** Whether the address was changed since the document was made. */
  moved?: boolean;
  post(output: string, input: string, value: unknown, options?: RequestInit & { headers?: Record<string, string> }): Promise<Response>;

  // elements.js
  make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Attributes, ...children: Child[]): HTMLElementTagNameMap[K];
  makeSvg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string>): SVGElementTagNameMap[K];
  /** The same without what turns the text around it. */
  steady<T>(text: T): T;
  text(element: Node, text: string): void;
  attribute(element: Element, name: string, value: string | null): void;
  hide(element: HTMLElement, hidden: boolean): void;
  byId(id: ShellId): HTMLElement;
  byId(id: string): HTMLElement | null;
  one<K extends keyof HTMLElementTagNameMap>(root: ParentNode, selector: K): HTMLElementTagNameMap[K];
  one(root: ParentNode, selector: string): HTMLElement;
  icon(name: string): HTMLElement;
  retry(act: () => unknown): HTMLButtonElement;
  download(blob: Blob, name: string): void;
  stored(key: string, value?: string): string | null;
  dot(platform: string): HTMLElement;

  // js/
  agreement: {
    agrees(): boolean;
    wait(act: () => void): void;
    settle(answer?: Wire.View): void;
    review(): void;
    shown(): Wire.View | undefined;
    waits(): boolean;
  };
  address: {
    write(chosen: Partial<Wire.Chosen>): string;
    read(query: string): Wire.Chosen;
    page(key: string, query: string): string;
    data(key: string, visual: string, form: string, query: string): string;
    workbook(key: string, query: string): string;
    pageAt(path: string): string | undefined;
    here(): { page: string; query: string };
    use(spec: Wire.Spec): void;
  };
  callouts: { draw(item: CalloutsItem, visual: Wire.Callouts, answer: Wire.View): void };
  campaigns: {
    fill(field: HTMLElement, values: string[], chosen: string[], many?: number): void;
    toggled(box: HTMLInputElement): void;
    pressed(box: HTMLInputElement): void;
    unpick(button: HTMLElement): void;
    searched(input: HTMLInputElement): void;
  };
  cards: { draw(item: CardsItem, visual: Wire.Cards, answer: Wire.View): void; ems(text: string): number };
  charts: {
    prepare(item: ChartItem, visual: Wire.Chart, answer: Wire.View): void;
    draw(item: ChartItem, visual: Wire.Chart, answer: Wire.View): Promise<unknown> | null;
    use(spec: Wire.Spec): void;
    again(item: ChartItem): Promise<unknown> | null;
    forget(item: ChartItem): void;
    near(item: ChartItem): boolean;
    recolour(): void;
    library(): Promise<void>;
    whole(): Promise<void>;
  };
  carrier: {
    begin(page: string, query: string, signal: AbortSignal): Asked;
    wanted(asked: Asked): Promise<Wire.View>;
    store(page: string, query: string, answer: Wire.View): void;
    fetchView(selection: Looked, signal: AbortSignal): Promise<Wire.View>;
    get(address: string, ended: string, signal?: AbortSignal): Promise<any>;
    set(id: string, props: object): void;
    seed(layout: unknown): void;
    follow(selection: Looked | null): void;
    SignedOut: new (sentence: string) => Error;
    Refused: new (sentence: string, status?: number) => Error & { final: boolean };
  };
  controls: {
    values(answer: Wire.View | null): ControlValues;
    fill(answer: Wire.View): void;
    control(follows: unknown, ...given: any[]): unknown[];
    heard(target: HTMLInputElement | HTMLSelectElement): void;
    pressed(box: HTMLInputElement): void;
    only(button: HTMLElement): void;
    choose(dimension: string, values: string[]): void;
    reset(field: HTMLElement): HTMLElement;
    seeded(given: ControlValues): void;
    use(spec: Wire.Spec): void;
  };
  drawer: { open(): void; close(): void; keep(event: KeyboardEvent): void };
  explore: {
    row(button: HTMLElement): void;
    panel(): void;
    pick(pairs: Pair[]): void;
    picked(pairs: Pair[]): boolean;
    undoes(item: ChartItem): boolean;
    HINTS: string[];
    hint(item: ChartItem, data: Trace[]): void;
    listen(item: ChartItem): void;
    offer(item: ChartItem): void;
    valueOf(dimension: string, label: unknown): string;
  };
  format: {
    full(metric: { unit?: Wire.Unit; decimals: number }, value: Wire.Figure | undefined): string;
    brief(metric: { unit?: Wire.Unit; decimals: number }, value: Wire.Figure | undefined): string;
    count(value: number): string;
    hover(traces: Trace[]): void;
    tick(unit: string, label: string): string;
    ticks(axis: Axis): Record<string, string> | undefined;
    days(name: string): string[];
    sign(): string;
    use(spec: Pick<Wire.Spec, "formats">): void;
  };
  freshness: {
    past(asOf: Wire.View["as_of"]): void;
    arrived(now: Wire.Data, fresh: boolean): void;
    lost(): void;
    refused(sentence: string, signIn?: boolean): void;
    watch(): void;
    retry(): void;
    show(): void;
    chooseItself(box: HTMLInputElement): void;
  };
  labels: { put(data: Trace[], layout: Layout): void };
  later(name: string): Promise<undefined>;
  loadOnce<T>(load: (name: string) => Promise<T>): (name: string) => Promise<T>;
  attach(element: HTMLElement): Promise<void>;
  legend: { place(item: ChartItem): void; put(item: ChartItem, data: Trace[], layout: Layout): void; plain(text: string): string };
  margins: { fit(layout: Layout, data: Trace[], wide: number): void; width(text: unknown, size?: number): number; upright(layout: Layout): string[] };
  metric(key: string): Wire.Metric;
  /** What the document says beforehand; there once start.js has begun. */
  spec: Wire.Spec;
  own: {
    mount(key: string | null): void;
    answer(body: string, send: () => Promise<Response>): Promise<Response>;
  };
  page: {
    show(key: string, query: string): void;
    say(answer: Wire.View, whole: boolean): void;
    ready(): void;
    awaitDash(): void;
    own(key: string): boolean;
    known(key: string): boolean;
    open(): string;
  };
  /** Pages without visuals, by the name of their module in later/. */
  bodies: Record<string, { show(section: HTMLElement): void }>;
  strip: { listen(item: ChartItem): void; show(item: ChartItem, point: ChartPoint, pairs: Pair[]): void; clear(item: ChartItem): void };
  columns: {
    fitting(item: TableItem, visual: Wire.Table, metrics: string[], columns: NameColumn[]): string[];
    choose(select: HTMLSelectElement): void;
    again(which?: (item: Item) => boolean): void;
  };
  tables: {
    draw(item: TableItem, visual: Wire.Table, answer: Wire.View): void;
    refit(item: TableItem): void;
    sort(button: HTMLElement): void;
    move(event: KeyboardEvent): void;
  };
  theme: { colour(name: string): string; next(): void; put(): void; force(theme: string | null): void; now(): string | undefined };
  tips: {
    metric(key: string, note?: string): TipLine[];
    set(element: HTMLElement | SVGElement, lines: () => TipLine[]): void;
    renew(element: HTMLElement | SVGElement): void;
  };
  titles: { put(item: ChartItem, layout: Layout): void };
  toolbar: {
    fill(answer: Wire.View, whole?: boolean): void;
    choosePreset(): void;
    chooseDays(): void;
    fit(grain: boolean | undefined): void;
  };
  answers: {
    keep(page: string, query: string, answer: Wire.View): void;
    get(page: string, query: string): Wire.View | undefined;
  };
  view: {
    show(page: string, query: string, how?: object): Promise<void>;
    first(answer: Wire.View, scroll?: number | null): void;
    written(page: string, query: string): void;
    change(patch: Partial<Wire.Chosen>, how?: string): boolean;
    ahead(page: string, query: string): void;
    foresee(patch: Partial<Wire.Chosen>): void;
    write(): void;
    go(page: string, query: string, hash?: string): void;
    again(): void;
    catchUp(): void;
    stop(): void;
    wanted(): { page: string; query: string; chosen: Wire.Chosen };
    shown(): Wire.View;
  };
  chapters: {
    shut(visual: Element): boolean;
    hash(): string;
    reveal(visual: Element): void;
    follow(name: string): HTMLElement | null;
    leave(answer: Wire.View): void;
    jump(link: HTMLElement): void;
    fold(button: HTMLElement): void;
    open(): void;
  };
  paper: { on(): Promise<void>; off(): void; ready(): Promise<void>; print(): Promise<void> };
  visuals: {
    find(spec: Wire.Spec): void;
    add(page: string, more: Item[]): Item[];
    open(page: string): void;
    point(name: string, scroll?: number | null): void;
    draw(answer: Wire.View): void;
    line(item: AnyItem, sentence: string | null): void;
    again(item: Item): void;
    all(): Item[];
  };

  // later/: there once `later(name)` has resolved.
  importSend(file: File, upload: string, how: ImportSending): Promise<{ upload: string }>;
  marks: { open(item: ChartItem, button: HTMLElement): void };
  ownRules: { open(page: HTMLElement): void };
  panel: { open(platform: string, campaign: string): void; show(platform: string, campaign: string): Promise<void>; hide(): void };
  paperFile(): Promise<string>;
  picture: { save(root: HTMLElement): Promise<void> };
  proof: { open(button: HTMLElement): Promise<void> };
  rows: { toggle(visual: HTMLElement): void; follow(page: string): void };
  views: { open(menu: HTMLElement, spec: Wire.Spec): void };
}
