//! An SLO's page, and the minutes behind it.

messages! {
    figures => "Figures", "主要な数値";
    rolling_window(length) => "over the last {length}", "直近{length}";
    calendar_window(period) => "over each calendar {period}", "暦の{period}ごと";
    method_occurrences => "Every bad event spends budget", "失敗イベント 1件ごとに消費";
    method_timeslices(width, target) =>
        "Every {width} below {target} spends budget", "{target} を下回った {width}ごとに消費";
    method_ratio_timeslices(width) =>
        "Every {width} weighs the same", "{width}ごとの比率を平均";
    bad_of_total(bad, total) => "{bad} bad of {total}", "全体 {total}件中、失敗 {bad}件";
    groups => "Groups", "グループ";
    groups_what =>
        "Each group has a budget of its own. The figures above are those of all events together.",
        "グループごとにバジェットがあります。上の数値は全イベントを合わせたものです。";
    group_of => "A group of", "次の SLO のグループ:";
    groups_count[count] => "{count} group" | "{count} groups", "{count}グループ";
    worst_of_groups(count, left) => "{count}, the worst has {left} left", "{count}中、残りが最も少ないもの {left}";
    no_data_what => "No minute of the window is known", "期間内の計測値がありません";
    no_data_budget => "Unknown while there is no data", "データがないため不明";
    no_traffic_what => "Nothing happened in the window", "期間内にアクセスがありません";
    no_traffic_so_far(percent) =>
        "Nothing happened in the {percent} of the window that is known", "計測済みの {percent} にアクセスがありません";
    sli_unknown_what => "Too little is known to say", "判断に足るデータがありません";
    backfilling_what => "Newest first; the figures become whole as it goes.", "新しい順に取得し、数値は順次そろいます。";
    alert_table => "What would alert", "アラート条件";
    alert_table_what =>
        "An alert fires when both of its windows burn faster than the factor.",
        "長短両方の期間のバーンレートが係数を超えると発報します。";
    severity => "Severity", "重要度";
    long_window => "Long", "長い期間";
    short_window => "Short", "短い期間";
    factor => "Factor", "係数";
    slot_true => "True", "成立";
    slot_false => "Below", "下回る";
    slot_frozen => "Frozen: too little is known", "凍結: データ不足";
    slot_impossible => "Can never be true", "成立しえない";
    one_failure(length) =>
        "Traffic is low: here one failure is {length} of budget.",
        "アクセスが少ないため、失敗 1件で {length}分のバジェットを消費します。";
    one_slice(width, length) =>
        "One bad slice of {width} spends {length} of budget.",
        "{width}の区間が 1つ失敗すると {length}分のバジェットを消費します。";
    explain => "How these figures came about", "数値の根拠";
    step_minutes => "Which minutes", "対象の時間";
    window_holds => "The window holds", "期間:";
    minutes_known[minutes] => "{minutes} minute known" | "{minutes} minutes known", "計測済み {minutes}分";
    missing_ignored => "missing minutes are left out", "欠損した分は除外";
    missing_good => "missing minutes count as good", "欠損した分は成功とみなす";
    missing_bad => "missing minutes count as bad", "欠損した分は失敗とみなす";
    minutes_of => "Its minutes:", "分単位の記録:";
    step_counts => "What was counted", "集計";
    counting_exact =>
        "Counted from raw samples, every event once: exact.",
        "生のサンプルから 1件ずつ数えた正確な値です。";
    counting_evaluated =>
        "The query cannot be unwrapped into counters; it is evaluated at intervals and spread: approximate.",
        "クエリをカウンターに分解できないため、一定間隔で評価して割り振った近似値です。";
    counting_too_large =>
        "There is too much to read raw; increases are evaluated and spread: approximate.",
        "生のサンプルが多すぎるため、increase を評価して割り振った近似値です。";
    counting_gauge =>
        "The last sample of each minute is held against the threshold: one event a minute.",
        "各分の最後のサンプルをしきい値と比べ、1分を 1件として数えます。";
    counting_pushed =>
        "Pushed in batches, each counted once: exact.",
        "プッシュされたバッチを一度だけ数えた正確な値です。";
    clamped_what(minutes) =>
        "In {minutes} minutes more was bad than happened at all; bad was held to the total. Mend the SLI.",
        "{minutes}分間で失敗が全体を上回ったため、全体の件数に補正しました。SLI の見直しが必要です。";
    step_sli => "The SLI", "SLI";
    good_slices(good, known) => "{good} good of {known} known slices", "計測済み {known}区間中、良好 {good}区間";
    mean_of_slices(known) => "The mean of {known} slices", "{known}区間の平均";
    step_budget => "The error budget", "エラーバジェット";
    left_is => "Left", "残り";
    allowed => "Allowed", "許容";
    spent => "Spent", "消費";
    whole_window => "the whole window", "期間全体";
    query_head => "Query", "クエリ";
    source => "Asked of", "取得元";
    peers => "What others would say", "他ツールでの値";
    tool => "Tool", "ツール";
    tomoni_why => "Bad events over all events, every event once", "失敗件数 ÷ 全件数(各イベントを一度だけ計数)";
    peer_difference => "Difference", "差";
    peer_points(points) => "{points} points", "{points}ポイント";
    peer_spent(tool) => "Spent: {tool}", "消費: {tool}";
    sloth_why =>
        "The mean of 5-minute error ratios: a minute at night weighs as much as one at noon",
        "5分ごとのエラー率の平均。深夜の 1分も正午の 1分も同じ重みになります";
    pyrra_why => "A ratio of extrapolated increases", "外挿した increase 同士の比";
    peer_no_slices(tool) =>
        "{tool} knows events only, no slices of time", "{tool} はイベント単位のみで、時間の区間を扱えません";
    peer_no_calendar(tool) =>
        "{tool} looks back over a fixed time, it knows no calendar", "{tool} は固定長の期間のみで、暦の期間を扱えません";
    peer_not_pushed(tool) =>
        "{tool} asks Prometheus, and these counts are pushed",
        "{tool} は Prometheus に問い合わせるため、プッシュされた件数を扱えません";
    peer_not_ready_made(tool) =>
        "{tool} needs errors and a total, and takes no ready-made ratio",
        "{tool} には失敗件数と全件数が必要で、計算済みの比率を扱えません";
    peer_no_query(tool) =>
        "{tool} takes one metric for errors and one for all, no other query",
        "{tool} は失敗と全体にそれぞれ 1つのメトリクスだけを受け付けます";
    peer_no_threshold(tool) =>
        "{tool} takes a gauge of 0 and 1, and no threshold", "{tool} は 0 か 1 のゲージのみで、しきい値を扱えません";
    peer_nan(tool, windows) =>
        "{tool} shows no number: in {windows} windows of five minutes nothing happened, and its rule divides zero by zero there, unless the queries guard against it. Its figures here are those of the other windows.",
        "{tool} は値を表示しません。アクセスのない 5分の区間が {windows}個あり、クエリで対策しないかぎり 0 を 0 で割ることになるためです。ここでの値は残りの区間によるものです。";
    peer_shows_none => "(shows none)", "(表示なし)";
    peer_nan_gone => "Gone at the earliest:", "解消は早くて:";
    peer_where(tool) => "Where {tool} differs", "{tool} との差の内訳";
    peer_counts_excluded(tool) =>
        "{tool} counts the minutes that are excluded here", "{tool} は、ここで対象外とした時間も数えます";
    peer_leaves_missing(tool) =>
        "{tool} leaves missing minutes out", "{tool} は欠損した分を除外します";
    peer_weighs(tool) =>
        "{tool} weighs five quiet minutes as much as five busy ones",
        "{tool} では、閑散とした 5分も混雑した 5分も同じ重みになります";
    peer_quiet_hours(mean, ours, tool, theirs) =>
        "Hours quieter than the mean of {mean} events spent {ours} of the budget, {theirs} by the count of {tool}.",
        "平均の {mean}件より少ない時間帯の消費は {ours}、{tool} の数え方では {theirs} です。";
    peer_busy_hours(ours, tool, theirs) =>
        "Busier hours spent {ours}, {theirs} by the count of {tool}.",
        "それ以外の時間帯の消費は {ours}、{tool} の数え方では {theirs} です。";
    peer_other_days[days] => "{days} other day" | "{days} other days", "ほか {days}日";
    peer_all_days => "All days", "全日";
    revisions => "Objective through time", "目標の変遷";
    revisions_what =>
        "A changed target, window or policy holds for the whole history.",
        "目標・期間・ポリシーの変更は、過去の履歴全体に適用されます。";
    revision_number(number) => "revision {number}", "第{number}版";
    generations => "SLI through time", "SLI の変遷";
    generations_what =>
        "A changed SLI counts anew; generations never mix.",
        "SLI を変更すると新たに集計します。世代をまたいだ混在はありません。";
    minutes_title(slo, day) => "{slo}, {day}", "{slo} {day}";
    minutes_of_what(slo) => "The minutes of {slo}", "{slo} の分単位の記録";
    no_minutes => "No minute of this day is in the ledger", "この日の記録はありません";
    no_minutes_what =>
        "The day lies before the history that was loaded, or ahead.",
        "取得した履歴より前か、未来の日付です。";
    of_minutes(all) => "of {all} that count", "対象 {all}分中";
    cell_good => "All good", "すべて成功";
    cell_quiet => "No traffic", "アクセスなし";
    cell_bad_little => "Bad, within what is allowed", "失敗あり(許容内)";
    cell_bad_much => "Bad, at a rate that pages", "失敗多数(緊急アラート相当)";
    cell_unknown => "No data", "データなし";
    cell_excluded => "Excluded", "対象外";
    all_minutes => "All minutes", "すべての分";
    noted_minutes => "Minutes that are not simply good", "成功のみではない分";
    show_all => "Show every minute", "すべての分を表示";
    show_noted => "Show only those that are not simply good", "成功のみではない分だけを表示";
    no_noted_minutes => "Every minute of this day was good.", "この日はすべての分が成功でした。";
    minute_until => "Minute until", "時刻(分の終わり)";
    remark => "Remark", "備考";
    minute_invalid => "The source answered what is no count", "取得元の値が不正";
    minute_clamped => "Bad exceeded total: clamped", "失敗が全体を超過: 補正";
    minute_open => "Not final yet", "未確定";
}
