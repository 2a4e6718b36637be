//! The overview, a team's page, a service's page.

messages! {
    where_to_look => "Where to look today", "今日見るべきところ";
    all_states => "All SLOs by state", "SLO の状態別件数";
    firing_word => "Firing", "発報中";
    firing_now => "Firing now", "発報中のアラート";
    worst_budgets => "Least budget left", "バジェット残りが少ない順";
    doubtful => "Data missing or doubtful", "データの欠損・要確認";
    teams => "Teams", "チーム";
    no_teams_what =>
        "No SLO names its team yet. Write tomoni.dev/owner into its annotations.",
        "チームが設定された SLO がありません。アノテーションに tomoni.dev/owner を書いてください。";
    list_pages => "Pages of this list", "一覧のページ";
    rows_of(first, last, all) => "{first} to {last} of {all}", "{all} 件中 {first}～{last} 件目";
    rows_before => "Before", "前へ";
    rows_after => "Next", "次へ";
    more_rows [count] => "And one more" | "And {count} more", "ほか {count} 件";
    no_slos => "No SLO yet", "SLO がまだありません";
    no_slos_what =>
        "Point Tomoni at a folder of OpenSLO documents. It reads them as they are.",
        "OpenSLO の文書があるフォルダーを指定してください。そのまま読み込みます。";
    team_without_slos => "This team owns no SLO yet", "このチームの SLO はまだありません";
    team_without_slos_what =>
        "An SLO belongs to the team that its annotations, its service or its label names.",
        "SLO のオーナーは、アノテーション、サービス、ラベルの順で決まります。";
    service_without_slos => "This service has no SLO yet", "このサービスの SLO はまだありません";
    service_without_slos_what =>
        "Write an SLO whose spec.service names it, then check the document:",
        "spec.service にこのサービスを書いた SLO を作り、文書を検証してください。";
}
