//! Journeys once more, while the host only forwards: at least one of each ending, way in and out, callback and race. Packaged,
//! the app is proxied; `cargo rig test journey --forwarding` walks all of them so.

use rig::host::Mode;

use super::MODE;

fn again(journey: fn()) {
    MODE.set(Some(Mode::Forwarding));
    journey();
}

macro_rules! journeys {
    ($($module:ident: $($journey:ident)*;)*) => {$(
        mod $module {
            $(
                #[test]
                fn $journey() {
                    super::again(super::super::$module::$journey);
                }
            )*
        }
    )*};
}

journeys! {
    endings:
        rejected
        expired_because_the_link_was_never_opened
        cancelled_after_an_error_at_jumio
        a_face_that_another_person_has_shown_is_reviewed
        rejected_once_then_approved;
    ways:
        a_pushed_request_of_each_client
        the_answer_as_a_form;
    callbacks:
        before_the_person_is_back
        in_the_older_shape;
    races:
        one_transaction_of_many_first_clicks
        a_whole_journey_with_pushed_request_on_changing_handlers;
    sample:
        approved
        rejected_once_then_approved
        a_reversal_between_the_last_question_and_the_end_is_told
        two_tabs_and_a_second_sign_in_are_one_transaction
        addresses_are_reached_in_any_case_and_with_their_methods
        the_page_may_ask_whoever_answers_its_browser;
}
