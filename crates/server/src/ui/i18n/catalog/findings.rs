//! The page of findings.

messages! {
    checks => "What the queries find", "クエリの結果";
    checks_what =>
        "For each SLI: does its query find anything at all?",
        "各 SLI のクエリが値を返しているかどうか。";
    no_checks => "There is no SLI to ask for", "確認する SLI がありません";
    check_result => "Finds", "結果";
    check_not_yet => "Not asked yet", "未確認";
    check_found => "Finds data", "データあり";
    newest_sample => "newest sample", "最新サンプル:";
    check_quiet => "No traffic", "アクセスなし";
    check_quiet_what =>
        "No series matches, but its job is scraped: its minutes count as without traffic. Many programs show a counter only once it has counted something.",
        "該当する系列はありませんが、同じジョブの他の系列は取得できているため、アクセスなしとして数えます。最初のイベントまでカウンターを公開しないプログラムは多くあります。";
    check_nothing => "Nothing", "該当なし";
    check_nothing_what =>
        "The source answers, but no series matches. Compare its metric names and labels with the query.",
        "取得元は応答していますが、該当する系列がありません。メトリクス名とラベルを確認してください。";
    last_seen => "last seen", "最終確認:";
    never_seen => "never seen", "確認された記録なし";
    check_failed => "The source does not say", "取得できません";
    check_failed_what =>
        "Check that the source is up and that its address and credentials are right.",
        "取得元の稼働状況、アドレス、認証情報を確認してください。";
    check_pushed => "Pushed", "プッシュ受信";
    newest_batch => "newest batch", "最新バッチ:";
    never_pushed => "Nothing was ever pushed", "プッシュされた記録なし";
    never_pushed_what => "Send its first counts with", "最初の値を送るコマンド:";
    document_findings => "What the documents need", "文書への指摘";
    documents_read[documents] => "{documents} document read" | "{documents} documents read", "{documents}件の文書を読み込み";
    no_findings => "The documents are clean", "文書に問題はありません";
    no_findings_what => "Nothing needs mending.", "対応が必要な指摘はありません。";
    blind_queries => "Queries that find nothing", "値を返さないクエリ";
    errors => "Errors", "エラー";
    warnings => "Warnings", "警告";
    error => "Error", "エラー";
    warning => "Warning", "警告";
    keeps_last_good => "The last good revision stays in force.", "直前の正しい版が引き続き有効です。";
}
