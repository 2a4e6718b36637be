//! The frame, times, and what all pages share.

messages! {
    tomoni => "Tomoni", "Tomoni";
    own_name => "English", "日本語";
    window_title(page) => "{page} · Tomoni", "{page} · Tomoni";
    skip => "Skip to the content", "本文へ移動";
    navigation => "Main navigation", "メインナビゲーション";
    breadcrumbs => "Where you are", "現在の位置";
    overview => "Overview", "概要";
    findings => "Findings", "指摘事項";
    display => "Display", "表示設定";
    language_legend => "Language", "言語";
    theme_legend => "Colours", "配色";
    theme_system => "As the system", "システムに合わせる";
    theme_light => "Light", "ライト";
    theme_dark => "Dark", "ダーク";
    figures_as_of => "Figures as of", "集計時点";
    no_figures_yet => "No figures yet", "まだ集計がありません";
    ago(length) => "{length} ago", "{length}前";
    since(time) => "Since {time}", "{time} から";
    times_in(zone) => "Times are in {zone}", "時刻は {zone} で表示";
    keys_hint => "Keyboard: press", "キーボード操作:";
    version(number) => "Tomoni {number}", "Tomoni {number}";
    database_down => "The database cannot be written to.", "データベースに書き込めません。";
    database_down_what =>
        "What is known is shown; new figures are kept in memory and stored when it is back.",
        "取得済みの値を表示しています。新しい値はメモリに保持し、復旧後に保存します。";
    source_down(name) => "{name} does not answer.", "{name} が応答していません。";
    source_down_what =>
        "Its minutes are unknown until it does, and are caught up then.",
        "この間の計測値は不明です。復旧後にさかのぼって取得します。";
    keys => "Keyboard", "キーボード操作";
    key_next => "Next in the list", "次の項目";
    key_previous => "Previous in the list", "前の項目";
    key_open => "Open it", "開く";
    key_up => "One level up", "一つ上の階層へ";
    key_overview => "Overview", "概要へ";
    key_findings => "Findings", "指摘事項へ";
    key_theme => "Light or dark", "ライトとダークを切り替え";
    key_help => "This help", "このヘルプ";
    close => "Close", "閉じる";
    unknown => "unknown", "不明";
    not_found => "Nothing stands at this address", "このアドレスにページはありません";
    not_found_what =>
        "It may have been renamed or removed. The overview lists everything there is.",
        "名前が変わったか、削除された可能性があります。概要からたどってください。";
    did_you_mean => "Did you mean", "もしかして:";
    refused => "This request cannot be answered", "このリクエストには応答できません";
    refused_what =>
        "Something is wrong with it. Go back, or start again from the overview.",
        "リクエストに問題があります。前のページに戻るか、概要からやり直してください。";
    internal => "This page could not be drawn", "ページを表示できませんでした";
    internal_what =>
        "This is a defect of Tomoni. Nothing was lost; the log tells more under this id.",
        "Tomoni の不具合です。データは失われていません。次の ID でログを確認できます。";
    unavailable => "Tomoni cannot answer at the moment", "ただいま応答できません";
    unavailable_what =>
        "It is starting, or its database is away. It recovers by itself.",
        "起動中か、データベースに接続できない状態です。自動的に復旧します。";
    request_id => "Request id", "リクエスト ID";
    retry_after(length) => "Try again in {length}.", "{length}後にもう一度お試しください。";
    to_overview => "To the overview", "概要へ";
}
