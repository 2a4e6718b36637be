//! The field's words: states, alerts, budgets, and what limits a figure.

use tomoni_slo::{Stage, State};

use crate::ui::context::Theme;
use crate::ui::view::SpanKind;

impl Messages {
    /// A state's word.
    pub(crate) const fn state(self, state: State) -> &'static str {
        match state {
            State::Exhausted => self.state_exhausted(),
            State::AtRisk => self.state_at_risk(),
            State::Ok => self.state_ok(),
            State::Partial => self.state_partial(),
            State::NoTraffic => self.state_no_traffic(),
            State::NoData => self.state_no_data(),
        }
    }

    /// A stage's word.
    pub(crate) const fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Draft => self.stage_draft(),
            Stage::Shadow => self.stage_shadow(),
            Stage::Active => self.stage_active(),
        }
    }

    /// A theme's word.
    pub(crate) const fn theme(self, theme: Theme) -> &'static str {
        match theme {
            Theme::System => self.theme_system(),
            Theme::Light => self.theme_light(),
            Theme::Dark => self.theme_dark(),
        }
    }

    /// What stands on the axis of time.
    pub(crate) const fn span_kind(self, kind: SpanKind) -> &'static str {
        match kind {
            SpanKind::Gap => self.span_gap(),
            SpanKind::Exclusion => self.span_exclusion(),
            SpanKind::Backfill => self.span_backfill(),
            SpanKind::Generation => self.span_generation(),
            SpanKind::Revision => self.span_revision(),
            SpanKind::Ticket => self.ticket(),
            SpanKind::Page => self.page(),
        }
    }
}

messages! {
    state_exhausted => "Exhausted", "枯渇";
    state_at_risk => "At risk", "残りわずか";
    state_ok => "OK", "良好";
    state_partial => "Partial", "一部のみ";
    state_no_traffic => "No traffic", "アクセスなし";
    state_no_data => "No data", "データなし";
    stage_draft => "Draft", "草案";
    stage_shadow => "Shadow", "試行中";
    stage_active => "Active", "運用中";
    span_gap => "No data", "データなし";
    span_exclusion => "Excluded", "対象外";
    span_backfill => "Loading", "取得中";
    span_generation => "New SLI", "SLI 変更";
    span_revision => "Revised", "改訂";
    page => "Page", "緊急";
    ticket => "Ticket", "チケット";
    page_fires => "Page firing", "緊急 発報中";
    ticket_fires => "Ticket firing", "チケット 発報中";
    page_pending => "Page pending", "緊急 保留中";
    ticket_pending => "Ticket pending", "チケット 保留中";
    sli => "SLI", "SLI";
    objective => "Objective", "目標";
    objectives => "Objectives", "SLO 一覧";
    budget_left => "Error budget left", "エラーバジェット残り";
    left_word => "left", "残り";
    good => "Good", "成功";
    bad => "Bad", "失敗";
    total => "Total", "全体";
    owner => "Owner", "オーナー";
    no_owner => "Nobody yet", "未設定";
    defined_at => "Defined at", "定義箇所";
    events_left(left, allowed) => "{left} of {allowed} events left", "残り {left}件(許容 {allowed}件)";
    events_overspent(over, allowed) =>
        "{over} events beyond the {allowed} allowed", "許容 {allowed}件を {over}件超過";
    time_left(left, allowed) => "{left} of {allowed} left", "残り {left}(許容 {allowed})";
    time_overspent(over, allowed) =>
        "{over} beyond the {allowed} allowed", "許容 {allowed}を {over}超過";
    ratio_spent(spent, allowed) =>
        "{spent} bad, {allowed} allowed", "失敗率 {spent}(許容 {allowed})";
    coverage_is(percent) => "{percent} of minutes known", "計測カバー率 {percent}";
    all_excluded => "Every minute is excluded", "すべての時間が対象外";
    approximate => "Approximate", "近似値";
    clamped[minutes] => "{minutes} minute clamped" | "{minutes} minutes clamped", "補正 {minutes}分";
    invalid[minutes] =>
        "{minutes} minute invalid" | "{minutes} minutes invalid", "無効な値 {minutes}分";
    excluded[minutes] =>
        "{minutes} minute excluded" | "{minutes} minutes excluded", "対象外 {minutes}分";
    imputed[minutes] => "{minutes} minute imputed" | "{minutes} minutes imputed", "補完 {minutes}分";
    frozen => "Alerts frozen", "アラート凍結中";
    backfilling => "History is being loaded", "過去データを取得中";
    backfilled(percent) => "{percent} loaded", "{percent} 取得済み";
    time_to_go(length) => "about {length} to go", "あと約 {length}";
    state_head => "State", "状態";
    slo_head => "SLO", "SLO";
    left_head => "Budget left", "バジェット残り";
    level_head => "SLI / objective", "SLI / 目標";
    burn_head => "Burn, 1h", "バーンレート 1h";
    course_head => "Course", "推移";
    services => "Services", "サービス";
    unknown_minutes[minutes] =>
        "{minutes} unknown minute" | "{minutes} unknown minutes", "不明 {minutes}分";
    firing_count[alerts] => "{alerts} firing" | "{alerts} firing", "{alerts}件発報中";
}
