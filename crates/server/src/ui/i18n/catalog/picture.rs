//! The pictures: their titles, their legends, and what they tell those who do not see them.

messages! {
    course => "Course", "推移";
    burn_down => "Error budget left", "エラーバジェット残り";
    burn_down_told(first, last) =>
        "The budget left went from {first} to {last}.", "残りは {first} から {last} になりました。";
    level_chart => "SLI against objective", "SLI と目標";
    level_told(sli, objective) =>
        "The SLI is {sli}, the objective {objective}.", "SLI は {sli}、目標は {objective} です。";
    bad_by_day => "Bad events by day", "日別の失敗件数";
    bad_by_day_what => "A day opens its minutes.", "日を選ぶと分単位の記録を開きます。";
    day_told(day, bad, total) => "{day}: {bad} bad of {total}", "{day}: 失敗 {bad}件 / 全体 {total}件";
    happened => "What happened", "出来事";
    happened_list => "What happened, as a list", "出来事の一覧";
    lanes_told(count) =>
        "{count} marks on the axis of time; the list below names them.",
        "時間軸上に {count}件。下の一覧に詳細があります。";
    day_table => "The figures day by day", "日別の数値";
    legend_partial => "Partial: less than 90% known", "一部のみ: 計測カバー率 90% 未満";
    legend_turn => "SLI or objective changed", "SLI または目標の変更";
    legend_page => "Page above this", "緊急のしきい値";
    legend_ticket => "Ticket above this", "チケットのしきい値";
    burn_rates => "Burn rates now", "現在のバーンレート";
    burn_rates_told =>
        "Burn rates by window, on a logarithmic scale; the alert table has the figures.",
        "期間ごとのバーンレート(対数目盛)。数値はアラート表にあります。";
    burn_rates_what =>
        "1× spends the budget exactly over its window.",
        "1× は期間ちょうどでバジェットを使い切る速さです。";
    nothing_known => "Nothing is known yet", "まだデータがありません";
    nothing_known_what =>
        "Once minutes are counted, their course is drawn here. This tells what the query finds:",
        "計測が始まると推移を表示します。クエリの結果は次のコマンドで確認できます。";
    history_away => "The history cannot be read right now", "現在、履歴を読み込めません";
    history_away_what =>
        "The database does not answer. The figures above are the last known ones; the history comes back with it.",
        "データベースが応答していません。上の数値は最後に確認できた値です。復旧すると履歴も表示されます。";
    reset_zoom => "Whole window", "期間全体に戻す";
    day => "Day", "日";
    days => "Days", "日の移動";
    from => "From", "開始";
    length => "Length", "長さ";
    what => "What", "内容";
    why => "Why", "理由";
    budget_spent => "Budget spent", "消費したバジェット";
    known_minutes => "Known minutes", "計測済みの分数";
    minutes_grid => "Minute by minute", "分ごとの状態";
    minutes_grid_told =>
        "A row for each hour, a cell for each minute; the list below has the figures.",
        "1行が 1時間、1マスが 1分です。数値は下の一覧にあります。";
}
