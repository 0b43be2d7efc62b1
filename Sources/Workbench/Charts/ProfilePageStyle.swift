/// What a profile page looks like, how it sorts and how it is read.
enum ProfilePageStyle {
  static let css = """
    \(ChartColours.properties(":root"))
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);
    font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK KR",sans-serif}
    main{max-width:1180px;margin:0 auto;padding:40px 24px 64px}
    .mark{margin:0;color:var(--accent);font-size:12px;font-weight:600;letter-spacing:.08em;text-transform:uppercase}
    h1{margin:4px 0 18px;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
    h2{margin:44px 0 14px;font-size:17px;font-weight:650}
    code{font:13px ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:10px 32px;margin:0}
    .facts dt{color:var(--faint);font-size:12px}
    .facts dd{margin:0;overflow-wrap:anywhere}
    .facts .whole{grid-column:1/-1}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px;margin-top:28px}
    .tile,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
    .tile{padding:14px 16px}
    .tile p{margin:0;color:var(--soft);font-size:13px}
    .tile strong{display:block;margin:2px 0 4px;font-size:24px;line-height:1.2;font-weight:650;white-space:nowrap}
    .tile strong span{margin-left:.25em;color:var(--soft);font-size:15px;font-weight:600}
    .tile small{display:block;color:var(--faint);font-size:12px;line-height:1.35}
    .share{display:flex;gap:2px;height:30px;margin-bottom:14px;border-radius:6px;overflow:hidden}
    .share span{flex:1 1 0;min-width:1px;padding:0 8px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;
    font-size:12px;line-height:30px;color:#fff;font-weight:600;text-shadow:0 0 3px rgb(0 0 0/.55)}
    .share span:empty{padding:0}
    .share .gap{color:var(--soft);text-shadow:none;
    background:repeating-linear-gradient(45deg,var(--hair) 0 5px,var(--line) 5px 7px)}
    .scroll{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
    .tall{max-height:620px}
    table{width:100%;border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
    th,td{padding:5px 10px;text-align:right;white-space:nowrap}
    thead th{position:sticky;top:0;z-index:1;padding:0;background:var(--card);box-shadow:inset 0 -1px var(--line)}
    tbody tr+tr>*{border-top:1px solid var(--hair)}
    tbody tr:hover>*{background:var(--hair)}
    tbody th{font-weight:500;text-align:left}
    .name{text-align:left}
    table i{display:inline-block;width:10px;height:10px;margin-right:8px;border-radius:3px}
    button{width:100%;padding:9px 10px;border:0;background:none;color:var(--soft);font:inherit;font-size:12px;
    font-weight:600;text-align:inherit;white-space:nowrap;cursor:pointer}
    button:hover{color:var(--ink)}
    [aria-sort] button{color:var(--ink)}
    [aria-sort=descending] button::after{content:" ↓"}
    [aria-sort=ascending] button::after{content:" ↑"}
    .bar,.limit{display:inline-block;width:84px;height:7px;margin-right:9px;border-radius:4px;background:var(--hair);
    overflow:hidden;vertical-align:1px;text-align:left}
    .bar b,.limit b{display:block;height:100%;border-radius:4px;background:var(--soft)}
    .limit b{background:var(--accent)}
    .wide em{display:inline-block;min-width:3.4em;font-style:normal}
    .plot{padding:10px;overflow-x:auto}
    .plot svg{display:block;width:100%;min-width:680px;height:auto}
    .guide{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:14px 36px;margin:0}
    .guide dt{font-weight:600}
    .guide dd{margin:2px 0 0;color:var(--soft);font-size:14px}
    \(ChartColours.rules(":is(table,.share)", property: "background"))
    @media print{.tall{max-height:none}thead th{position:static}}
    """

  /// Sorts a table by the column whose heading is pressed.
  static let script = """
    for (const button of document.querySelectorAll("th button")) {
      button.addEventListener("click", () => {
        const head = button.parentElement;
        const body = head.closest("table").tBodies[0];
        const value = row => {
          const text = row.cells[head.cellIndex].dataset.v;
          return text === "" || isNaN(text) ? text : Number(text);
        };
        const rows = [...body.rows];
        const isText = rows.some(row => typeof value(row) === "string");
        const was = head.getAttribute("aria-sort");
        const down = was ? was === "ascending" : !isText;
        for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        rows.sort((a, b) => {
          const order = isText ? String(value(a)).localeCompare(String(value(b))) : value(a) - value(b);
          return down ? -order : order;
        });
        body.append(...rows);
      });
    }
    """

  /// SHA-256 of `script`, as a content security policy wants it.
  static let scriptDigest = "sha256-kPzPsdEaKgWKjagprg/1WslFH6XbGU8nPqI+vHH9Ss0="

  static let guide = """
    <section>
    <h2>How to read it</h2>
    <dl class="guide">
    <div><dt>Time</dt><dd>A kernel's time is what the device's clock counted from the end of the dispatch before it to \
    its own end, the wait for its input included. Gaps are the rest of the wall time: the host was busy, or a submission \
    was on its way.</dd></div>
    <div><dt>GB/s and GFLOP/s</dt><dd>Bytes and operations that the work needs at least, over the time that it took. A \
    kernel that reads something twice gets no credit for it.</dd></div>
    <div><dt>Of limit</dt><dd>The shortest possible time over the time taken. Shortest is the larger of bytes ÷ probed \
    read rate and operations ÷ probed rate of that type; the larger one is what the kernel is bound by. Above 100 % the \
    data came from a cache.</dd></div>
    <div><dt>Over limit</dt><dd>The time that would be gained if the kernel ran at its limit. Sort by it to see where \
    work pays.</dd></div>
    <div><dt>Roofline</dt><dd>Each circle is a kernel, its area the share of the time. Height is what it reaches; the \
    line above it is what the device allows at that many operations per byte. Below the slope memory decides, below the \
    flat part arithmetic does.</dd></div>
    <div><dt>Steps</dt><dd>What the program did, in order, one line a step. Press a heading to sort by it, again to turn \
    the order around.</dd></div>
    </dl>
    </section>
    """
}
