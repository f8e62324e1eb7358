r"""Tense of a fault, and mails that are about something else, in English, by signal. Notation: see the package."""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    "recovered": r"""
        (?:is|are|was|were|all|came|everything's|it's|been|got|now|system|site|we're|things_are|
        services?)_(?:now_|all_|fully_|already_|finally_)?(?:back|recovered|restored|resolved|fixed|sorted|
        solved)(?:_(?:up|online|to_normal|again|by_itself|on_its_own|in_service))?
        back_(?:up|online|to_normal|in_service|on_its_feet) recovered(?!_(?:from_backup|yet))
        (?:working|works|up|fine|ok|normal|healthy)_(?:again|now) came_back self-?heal(?:ed|ing)
        no_longer_(?:down|failing|happening|an_issue|slow|seeing|see|occurs?|broken) never_?mind false_alarm
        has_(?:cleared|gone_away|passed|recovered|resolved|been_(?:fixed|resolved|restored|solved))
        went_away_(?:by|on) resolved_itself fixed_itself (?:all|everything)_(?:good|fine|ok|normal|green|
        quiet|clear|stable)(?:_now|_again|_today|_since)? you_can_close please_close
        (?:close|closing)_(?:the|this)_(?:ticket|case|request) stable_since disregard ignore_(?:my|the|
        this)_(?:last|previous|earlier|mail|message) lasted_(?:about_|around_|roughly_)?\w+_(?:minutes|min|
        hours?|seconds) over_now panic_over stand_down have_service_again is_over works_now
        (?:my|our)_(?:own_)?mistake sorry,?_(?:my|our|it_was) wrong_(?:url|environment|host|server|window)
        was_up went_without fixed,?_close (?:was|were)_restored
        since_(?:saturday|sunday|then)_(?:stable|fine|ok) cleared_after
        ever_since (?:clean|green|healthy|stable|quiet)_(?:since|again|for)
        (?:been|has_been|have_been)_(?:up|clean|green|fine|healthy|stable|good|quiet|ok)_(?:since|for|ever)
        \d{1,2}[:.]\d\d_(?:to|till|until|and|-)_\d{1,2}[:.]\d\d
        (?:outage|problem|incident|it)_(?:ended|is_over|was_over|finished) nothing_(?:left_)?to_do
        (?:been|is|are)_back_since for_the_(?:record|records|file|post-?mortem)
        since_then:?_(?:stable|fine|ok|quiet|no) (?:it\'s|is|now|all)_green fine_since drained_at
        (?:healthy|good|stable|gone_through)_(?:ever_)?since no_more_(?:errors|alarms)
       
        (?:platform|site|system|systems|service|everything|all|they|it|app|shop|production|we|customers)(?:\'s|_is|_are|_has|_have|\'ve|\'re)_(?:been_)?(?:back|up_again|fine|working|restored)
        it\'s_sorted sorted:_ (?:is|are|was|were)_corrected did_in_the_end switched_back have_gone_through
        (?:was|were)_down_from_\d
    """,
    "not-recovered": r"""
        (?:not|isn't|aren't|never|hasn't|haven't|nothing_has)_(?:yet_|been_|fully_|really_|come_|
        gone_)?(?:recovered|restored|back|resolved|fixed|solved|cleared|sorted) still_(?:down|not|failing|
        broken|dead|offline|the_same|unreachable|seeing|getting|getting_errors|no|500|50[0-9]|stuck|
        unavailable|happening|out|nothing) down_again (?:has_|just_)?(?:gone|went|dropped|died|failed|
        crashed)~again came_back_(?:again|worse) again_(?:now|today|this_morning|since)
        when_will~(?:back|restored) back_again no_improvement keeps_(?:crashing|failing|going|dying|coming|
        happening|dropping) again_and_again once_more relapsed? not_one~(?:is_)?back
        (?:none|nothing)~is_back (?:isn\'t|is_not|aren\'t|hasn\'t|wasn\'t|haven\'t)_(?:come_)?back
        won\'t_come_back never_came_(?:up|back)
        (?:none|nothing|not_one|neither|no_\w+)~(?:came|come|comes|is|are)_back
        (?:did|has|have|do|does)_not_come_back don\'t_close (?:do_not|not)_close
        (?:is|are|was)_not_(?:back|over|up) reopen what_is_still what\'s_(?:left|still|not)
        still_(?:can\'t|cannot|get|gets|broken|missing|blank)
    """,
    "future": r"""
        will would going_to shall about_to until_then by_then after_that once_(?:it|that|this|the)
        then_(?:we|it|everything|the|all) when_(?:it|that|this|the)_(?:\w+_){0,2}(?:full|expires|hits|runs|
        reaches|stops|fills|gets) if_(?:it|that|this|the)~(?:full|expires|hits|runs|reaches|stops|fills|
        isn't|is_not|not) afterwards from_then_on otherwise_(?:we|it|the)
    """,
    "planned": r"""
        planned(?!_for_last) plan(?:s|ning)?_(?:to|for|a|the|on) scheduled? scheduling reschedul\w+
        (?<!since_)(?<!after_)(?<!since_your_)(?<!after_your_)(?<!since_the_)(?<!after_the_)(?<!any_)maintenance(?:_window|_page)? upcoming (?:change|release|migration|cut-?over)_(?:window|plan|
        request|night|weekend) (?:we|i)_(?:will|shall|intend|are_going_to|want_to|would_like_to|
        plan)_(?:be_)?(?:deploy\w*|migrat\w+|switch\w*|upgrad\w+|reboot\w*|restart\w*|tak(?:e|ing)|shut\w*|
        mov(?:e|ing)|replac\w+|patch\w*|run\w*|stop\w*|cut\w*|launch\w*|perform\w*|decommission\w*|turn\w*)
        (?:we'll|i'll|we're_going_to|we'd_like_to|i'd_like_to)_(?:be_)?\w+ next_(?:week|month|quarter|year|
        monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|sprint) (?:this|on|coming|usual|
        fourth|first|last)_(?:saturday|sunday|weekend) on_purpose deliberate(?:ly)? intentional(?:ly)?
        heads-?up chg-?\d+ change_(?:ref|request|ticket|number|calendar) go-?live decommission(?:ed|ing)?
        in_(?:the_)?(?:april|may|june|july|august|september|october|november|december|january|february|
        q[1-4]) (?:in|within)_(?:two|three|four|six|a_few|the_coming)_(?:weeks|months) ahead_of black_friday
        mute suppress roll-?out_plan dry_run game_?day drill exercise simulat(?:e|es|ing|ion) tabletop
        in_(?:about_)?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|\d+|a_few|some)_(?:weeks|
        months|quarters|years) in_(?:the_)?(?:spring|summer|autumn|winter|new_year)
        (?:this|next|in)_(?:summer|autumn|spring|winter) (?:from|as_of|on|until|by)_(?:monday|tuesday|
        wednesday|thursday|friday|saturday|sunday)_?\d* change_freeze regular_window in_good_time deprecated
        roll_them_out (?:steering|migration)_(?:plan|weekend|committee)
    """,
    "hypothetical": r"""
        if suppos(?:e|ing) in_case(?!_(?:that|it)_helps) what_(?:happens|would_happen|will_happen|would|if)
        would(?!_(?:you|like|be_(?:good|great|nice|lovely|grateful|appreciated))) hypothetical(?:ly)?
        imagin(?:e|ing) assum(?:e|ing) worst_case should~(?:fail|go_down|die|happen|be_lost) were_to
        could_(?:that|this|it)_(?:happen|take|bring) in_the_event scenario what-?if thought_experiment
        whiteboard tabletop table-?top business_continuity whether
        questionnaire runbook describe_the who\'s_notified for_our_(?:runbook|sheet|table|audit|wiki)
        tabletop_exercise suppose_all
    """,
    "question": r"""
        \? how_(?:do|can|long|much|many|would|should|does|often|far)
        what_(?:is|are|does|do|kind|would|should|counts) which_(?:one|of|would|option|do|is|aws|region|
        instance|service) could_you_(?:explain|tell|advise|recommend|clarify|point|confirm|say)
        can_you_(?:explain|tell|advise|recommend|clarify|point|confirm|say)
        do(?:es)?_(?:you|we|it|that|this|the)_\w+ wonder(?:ing|ed)? curious questions? asking_for
        recommend(?:ation|ed)? advice best_practice is_it_(?:possible|worth|ok|safe|true|better)
        are_(?:we|you)_\w+ would_you compar(?:e|ison) difference_between documentation docs
        clarif(?:y|ication) understand explain
    """,
    "request": r"""
        (?:please|kindly|can_you|could_you|could_somebody|would_you|can_we|need_you_to|i'd_like_to|
        we'd_like_to|would_like_to|want_to|i_need|we_need)_(?:please_|kindly_|also_|then_|get_|
        have_)?(?:send|provide|schedule|create|add|remove|delete|reset|grant|enable|disable|open|set_up|
        setup|quote|increase|raise_the_(?:limit|quota)|order|extend|rename|change|update|give|resize|
        deactivate|revoke|assign|book|arrange|prepare|share|register|allow|whitelist|allow-?list|upgrade|
        terminate|whitelist|plan|install|renew|cancel|apply|invite|onboard|offboard|forward|move)
        new_(?:joiner|starter|colleague|employee|account|bucket|user|environment|vpc)s? leaver
        left_the_company access_(?:for|to) read-?only_access permission_for quota limit_increase
        service_request approv(?:al|ed|e)
    """,
    "billing": r"""
        invoices? bill(?:s|ed|ing)? credit_notes? service_credits? quot(?:e|es|ation|ations)
        purchase_orders? po_number accounts_payable vat savings_plans? reserved_instances? ris?
        cost(?:s|_explorer|_report)?(?!_us) budget(?:s)? pricing price licen[cs]es? contract renewal tender
        accounting finance tax procurement purchasing payment_terms cheaper subscription
    """,
    "rca": r"""
        rca root_cause(?:_analysis)? post-?mortem incident_report outage_report after-?action
        lessons_learn(?:ed|t) timeline preventive how_many_outages downtime_in availability_figures
        sla_report retrospective write-?up explanation
    """,
    "thanks": r"""
        thanks?_(?:you_)?(?:for|again|to_your|so_much|a_lot|everyone|all|both) thank_you
        great_(?:work|job|support) well_done kudos much_appreciated cheers perfect brilliant grateful
    """,
    "automatic": r"""
        out_of_(?:the_)?office automatic_reply auto-?reply autoreply
        on_(?:annual_|parental_|sick_|maternity_)?leave away_from_(?:my_desk|the_office) on_vacation
        on_holiday_until no_longer_work(?:s|ing)? left_the_company undeliverable
        delivery_(?:has_)?(?:failed|status|failure) couldn't_be_delivered could_not_be_delivered
        mailbox_(?:is_)?full mailer-daemon final-recipient diagnostic-code this_mailbox_is read_receipt
        your_message_was_read~ accepted: declined: tentative: will_reply_(?:on|when|after)
        limited_access_to_e?-?mail i_am_away i'm_away back_on
    """,
    "marketing": r"""
        unsubscribe opt_?out decision_maker \d+_minutes?_(?:of_your_time|on|this|next|call|chat)? webinar
        newsletter guaranteed limited_(?:time_)?offer special_offer discount promo(?:tion)? seo
        search_rankings? backlinks? free_(?:audit|trial|demo|consultation|assessment)
        our_(?:experts|platform|solution|ai|product) (?:cut|slash|reduce)_your lottery winner inheritance
        crypto_investment business_proposal reply_yes sponsor(?:ship)? trade_show booth white_?paper
        register_now early_bird recruit(?:er|ing|ment) candidates? are_you_the_right_person gift_card
        wire_transfer click_(?:here|the_link) verify_your_(?:account|password|mailbox) your_(?:website|site|
        business|company|brand|industry|infrastructure|organi[sz]ation) decision-?makers?
        our_(?:team_of_)?experts roi book_a_(?:demo|call|meeting)
    """,
    "no-hurry": r"""
        no_(?:hurry|rush|urgency|panic|pressure) not_(?:urgent|an_incident|an_emergency|pressing|critical|
        a_problem|in_a_hurry) when(?:ever)?_(?:you_)?(?:convenient|it_suits|have_time|get_a_chance|
        have_a_moment|it's_convenient|you_can) at_your_(?:convenience|leisure) low_priority whenever
        by_end_of_(?:next_)?(?:week|month) next_week is_(?:fine|soon_enough) in_the_coming_(?:weeks|days)
        can_wait just_(?:curious|forwarding|fyi|wondering|checking|asking|a_note) fyi
        during_(?:the_day|office_hours|business_hours) this_(?:quarter|month) in_office_hours
        before_the_weekend tomorrow_is_fine all_fine all_is_well
        nothing_(?:is_)?(?:down|broken|wrong|urgent|on_fire) no_(?:incident|fault|outage|problem_at_all|
        issue_at_all|technical_problem|downtime)
    """,
    "past": r"""
        (?:was|were|had_been|have_been)_(?:\w+_)?(?:down|offline|unavailable|unreachable|dead|out|lost|
        deleted|broken|affected|interrupted) on_the_\d+(?:st|nd|rd|th) last_(?:week|month|year|quarter|
        night|time|november|december|january|february|march|april|may|june|july|august|september|october|
        monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend) yesterday lasted back_then
        at_the_time (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday)'s
    """,
    "ongoing": r"""
        right_now as_(?:i|we)_(?:type|write|speak|watch|look) while_(?:i|we)_(?:watch|look|type|write|speak)
        one_after_(?:another|the_other) one_by_one (?:every|each)_(?:few_)?(?:seconds?|minutes?)
        in_front_of_(?:our|my)_eyes before_(?:our|my)_eyes (?:is|are|keeps?|gets?|
        getting)_(?:\w+_)?(?:being|deleting|disappearing|vanishing|removing|terminating|encrypting|dropping|
        renamed|wiping|spreading|copying|downloading|exfiltrating) going_on already_gone
        (?:\d+|a_third|half|most|some)~gone still_(?:inside|in_there|logged_in|active|running|deleting|
        going_on) stop_(?:him|her|them|it|this) lock_(?:him|them|the_account|us|it|everything|him_out)
        kill_the_session disappearing vanishing by_the_(?:thousand|hundred|minute|second|dozen)s?
       
    """,
    "since": r"""
        since_(?:this_morning|about_|around_|roughly_|approx\.?_|ca\.?_)?\d{1,2}(?:[:.]\d\d|_?(?:am|pm|h|o\'clock))
        since_(?:this_morning|midnight|noon|lunch|breakfast|dawn|tonight|the_(?:night|morning)|today)
        (?:for|past|last)_(?:the_(?:last|past)_)?(?:\d+|ten|twenty|thirty|forty|fifty|an|half_an|two|three|four|five)_(?:minutes?|mins?|hours?)
        as_(?:of|from)_\d as_from_\d \d+_(?:minutes?|mins?)_(?:ago|now|already)
    """,
    "supposition": r"""
        suppose supposing hypothetical(?:ly)? hypothesis what_(?:happens|would_happen|if|would_you) what-?if
        imagine in_the_(?:unlikely_)?event worst_case scenario thought_experiment tabletop table-?top
        runbook playbook questionnaire business_continuity
        if_(?:prod|production|the_(?:primary|whole|entire|region|site|database|platform|main)|all_of|everything|an_az|one_day|we_(?:ever|lost|were|had)|our|eu-\w+|us-\w+)~(?:went|fell|failed|fails|goes|go|were|was|stopped|died|dies|disappear\w*|should|had|is_gone|lost)
        would_(?:it|you|we|that|the|our|that)_(?:\w+_)?(?:be|fail|take|survive|recover|happen|lose|have|stop|pick|know)
        (?:nothing|nothing's|nothing_is)_(?:is_)?happening
        should_(?:the|our|an?)_\w+~(?:fail|go|die|be_lost|stop)
        how_(?:long|fast|quickly)_(?:would|will|does|until|till) who_(?:would|do_we|picks|do_i)
    """,
    "not-ours": r"""
        cv resume my_present_role dear_hiring applicant application_for attached_my
        happy_(?:new_year|lunar|easter|birthday|holidays) merry_christmas season's_greetings congratulations
        webinar whitepaper newsletter unsubscribe
        (?:article|blog|podcast|press_release|case_study|lecture|talk|conference|slides|lessons|thesis|survey)
        read_(?:in|about)_the_(?:news|paper) another_(?:provider|company|vendor)
        (?:their|competitor's?)_outage in_the_news training_(?:course|session|material) quiz
    """,
    "announced": r"""
        reminder
        (?:during|in)_(?:the|our|this|that|your|saturday's|sunday's|tonight's)_(?:\w+_)?(?:window|maintenance|cut-?over|migration|works?)
        will_be_(?:unavailable|down|offline|shut|taken|unreachable|switched|closed|restarted|rebooted)
        (?:please|kindly)_(?:mute|suppress|silence|ignore|don't_(?:panic|block|page)) cut-?over
        pen_?-?test_notice with_our_consent as_(?:agreed|announced|discussed)
        (?:we|i)_(?:plan|intend|are_going)_to
        we'll_(?:be_)?(?:taking|shut\w*|switch\w*|stop\w*|tak\w+|run\w*|pull\w*) on_purpose deliberately
        simulat\w+ we_pretend game_?day (?:fire|dr|failover)_drill rehearse\w* go-?live_(?:is|on|date)
        from_\d+_to_\d+_(?:january|february|march|april|may|june|july|august|september|october|november|december)
    """,
}
