r"""What fails and how badly, in English, by signal. Notation: see the package."""

from __future__ import annotations

from typing import Final

_CANNOT = (
    r"(?:can't|cannot|cant|can_no_longer|couldn't|unable_to|not_able_to|isn't_able_to|aren't_able_to|"
    r"fails?_to)"
)
_REACH = (
    r"(?:reach|access|open|load|connect|log_?in|log_?on|sign_?in|get_in|get_into|get_on|use|work|trade|"
    r"sell|order|buy|pay|book|check_?out|browse|call|ship|scan|print|serve|be_reached|see_anything|"
    r"do_anything|register|ssh)"
)

ENGLISH: Final[dict[str, str]] = {
    "effect-down": rf"""
        down offline unreachable inaccessible unusable unavailable outage(?!_(?:report|budget|window))
        crashed dead halted standstill stand-?still black-?out blacked_out flatlin(?:ed|ing) frozen kaput
        hosed toast bricked (?:has|have|had|is|are|all)_(?:gone|vanished|disappeared)(?!_(?:live|up|well|
        through)) went_(?:dark|away) {_CANNOT}~{_REACH} (?:no_?one|nobody|none)~can locked_out
        kicked_(?:out|off) thrown_out shut_out (?:not|isn't|aren't|don't|doesn't|won't|stopped|
        stop)_(?:respond(?:ing)?|answer(?:ing)?|reachable|available|accessible|come_up|coming_up|
        load(?:ing)?|start(?:ing)?|boot(?:ing)?|open(?:ing)?|resolve|resolving|work_at_all|serving)
        (?:blank|white|black|empty)_(?:page|screen) (?:at|to)_a_halt ground_to brought_to_its_knees
        nothing_(?:works|loads|responds|resolves|answers|comes_up|gets_through|goes_through|moves|
        is_working|in_or_out) no_(?:service|production_service|response|healthy_\w+|connectivity|traffic)
        (?:zero|0)_(?:healthy|orders|sales|sessions|traffic|bookings|calls|transactions|running) (?:all|
        both|everything)~(?:notready|unhealthy|stopped|terminated|failed|red|refused|impaired) nxdomain
        connection_refused refuses_connections (?:http_)?(?<![\d,.:$€£+-])50[0234](?:s|_everywhere|_errors?)?(?![,.:]?\d|_?(?:k|usd|eur|dollars?|gb|mb|ms|s|km)\b|_(?!errors|responses|pages|codes|status|since|has|is|was|as|across|this|always)[a-z]+s\b) (?:business|
        trading|production|sales|operations|work)_(?:is_|are_|has_|have_)?(?:stopped|halted|suspended|at_a)
        not_one_\w+~(?:works|loads|responds|open|sold|through)
        closed_(?:the_)?(?:shop|stores?|doors?|for_business) we_are_closed effectively_closed sent_home
        losing_every (?:is|are|went|been)_(?:completely_|totally_|entirely_|all_)?(?:out|dead|dark)(?!_of)
        no_production pen_and_paper on_paper turned_away turning~away silent(?!ly) nobody_gets
        gets?_(?:in|through|past|nothing|nowhere) (?:don\'t|doesn\'t|can\'t|cannot|won\'t|not|no_longer|
        isn\'t|aren\'t)_(?:answer\w*|work(?:ing)?|function(?:ing)?|run(?:ning)?|operate|operating|
        process(?:ing)?|exist|accept\w*)_(?:at_all|any_more|anymore|anything|any|for_any|anyone|anybody)?
        shut_out air-?lock off_(?:air|the_air|the_internet|the_map|line) collapsed evicted suspended
        wiped_out knocked_out taken_out lost_(?:all|everything|connectivity|contact|the_connection|
        its_connection|connection) (?:has|have|is|are|was|were)_(?:been_)?(?:terminated|deleted|destroyed|
        removed|emptied|wiped|erased|dropped|lost) refuses_(?:all|every|any|to_start|connections)
        rejects_(?:all|every|any) (?:not|n\'t|never)_(?:come|coming|came)_(?:back|up) a_brick corpse
        not_(?:served|serving|processing|processed|authori[sz]ed|dispatched) idle (?:being_)?held_at
        fast_busy nothing_is_(?:reachable|available|responding|up|alive|left|running|served)
        every~(?:fails|rejected|refused|hangs|errors) total_silence halt(?:ed|ing)_the lost_quorum
        none_of_(?:our|the)~(?:work|works|respond|open|load|start|answer) (?:no|not_one|
        not_a_single)_\w+~(?:has_been|is|was|can_be|gets|got|are)_(?:authori[sz]ed|processed|accepted|back|
        sold|served|handled|possible|open|available|accessible) (?:is|are)_accessible
        (?:isn't|is_not|aren't|wasn't|nothing)~anything~can {_CANNOT}_(?:serve|do|show|sell|process|handle|
        take|accept|produce|run|ship|make|print|issue|offer)_(?:a_single|any|anyone|anybody|anything|one)
        (?:we're|we_are|are_now|now)_(?:effectively_|basically_|practically_|completely_)?(?:closed|shut|
        blind|stranded|off_air|out_of_business|offline) neither~nor_\w+_(?:work|works|responds?|loads?|
        opens?|starts?|is_up|are_up) no_(?:usable|working|running|live)_(?:system|environment|instance|
        server|database|copy|version)s? (?:roll-?back|fallback|fail-?over)_(?:also_|too_|has_|
        did_)?(?:failed|not_work|doesn't_work|is_stuck|stuck|impossible) spinner loops? replaced_(?:by|with)
        won't_(?:let|accept)~(?:anyone|anybody|any|us)
        answers?_nothing
        (?:doesn\'t|does_not|don\'t|do_not|isn\'t|aren\'t|not)_(?:open|opening|start|starting|load|loading|boot|answer|come_up)(?:_any_more|_anymore)?
        (?:0|zero|no)_(?:logins|successful|payments|requests|healthy|tickets) (?:is|are)_off(?=[.,!]|$)
        stands?_still (?:has|have)_stopped (?:is|are)_stopped standing_around at_zero to_zero it\'s_dead
        dark_since (?:shutting|closing)_(?:the_)?(?:doors?|shops?|stores?) go(?:ing)?_home_(?:again|now)?
        (?:isn\'t|is_not|not)_opening greyed_out knocked_over (?:died|collapsed|imploded|capsized)
        zero_healthy (?:0|zero|no)_(?:rps|requests_per) (?:0|none|nothing)_of_\d+_\w+
        not_(?:one|a)_\w+_(?:moves|works|opens|goes|sells|can|is_up) no_sales_since
        no_\w+_has_(?:completed|worked|gone) (?:has|have|been)_unable_to_(?:open|use|reach|work|sell|trade)
        (?:has|have)_been_able_to hangs_(?:off|everywhere) \d+/\d+_timeout
    """,
    "effect-fail": r"""
        errors? fail(?:s|ed|ing|ure|ures)? broken break(?:s|ing)? broke (?:not|isn't|aren't|doesn't|don't|
        didn't|won't|never|stopped|stops)_(?:work(?:ing)?|going_out|arriv(?:e|ing)|sen[dt]|sending|update|
        updating|updated|sync(?:ing)?|process(?:ed|ing)?|show(?:ing)?|return(?:ing)?|deliver(?:ed|ing)?|
        trigger(?:ed|ing)?|run(?:ning)?|complet(?:e|ing|ed)|sav(?:e|ing)|appear(?:ing)?|match|
        upload(?:ing)?|get(?:ting)?|render(?:ing)?|receiv(?:e|ing)|accept(?:ing|ed)?|advanced?|generat(?:ed|
        ing)|being|firing|apply|attach|reach(?:ing)?|mount) rejected denied refused refuses stuck hangs?
        hanging timing_out times?_out timed_out exceptions? missing wrong corrupt(?:ed)? duplicates? lost
        losing dropped dropping throttled throttling blocked exhausted (?<![\d,.:$€£+-])(?:40[0-9]|41[0-9]|42[0-9]|499|50[0-9]|52[0-9])(?![,.:]?\d|_?(?:k|usd|eur|dollars?|gb|mb|ms|s|km)\b|_(?!errors|responses|pages|codes|status|since|has|is|was|as|across|this|always)[a-z]+s\b) invalid
        mismatch expired crash(?:es|ing|loopbackoff)? accessdenied oom(?:killed)? doesn't can't cannot
        unhealthy impaired backlog piling_up queu(?:e|ing)_up oversell(?:ing)? overs(?:old)
        no_\w+_(?:since|for|after) silent(?:ly)? empty nothing_(?:comes|happens|arrives)
       
        (?:aren\'t|isn\'t|wasn\'t|are_not|is_not|don\'t|doesn\'t|hasn\'t|haven\'t)_(?:saved|imported|exported|inserted|printed|recorded|sent|refreshed|synced|updated|generated|delivered|shown|finished|rejoined|identif\w+)
        (?:drops?|loses?|misses|skips)_(?:calls|orders|messages|mails|every|all|half)
        (?:does_not|doesn\'t|did_not)_(?:refresh|print|count|save|sync|render|update) dont_work doesnt_work
        not_counting stopped_\w+ing
    """,
    "effect-slow": r"""
        slow(?:er|ly|ness|s|ed)? sluggish latency lag(?:s|gy|ging)? crawl(?:s|ing)? degrad(?:ed|ation|ing)
        delay(?:s|ed)? intermittent(?:ly)? sporadic(?:ally)? occasional(?:ly)? now_and_then once_in_a_while
        from_time_to_time sometimes flak(?:y|iness) unstable jitter(?:y)? spikes? spiky choppy retr(?:y|ies|
        ying)_(?:works?|helps?|succeeds?|usually|gets?|goes|fixes) (?:takes?|taking|took|load(?:s|ing)?_in|
        needs?)_(?:about_|around_|roughly_|up_to_|nearly_|almost_|over_|more_than_)?(?:\d+|ten|twenty|
        thirty|forty|ages|forever|minutes|several|long)(?:_?s|_?sec|_?seconds|_?minutes|_?min)? timeouts?
        (?:high|elevated|rising|peak)_(?:cpu|load|latency|iops|memory|response) cpu~9\d p9[59]
        response_times? performance queue_wait cpu_credits? burst_balance longer_than_usual behind_schedule
        reconnect(?:s|ing)? comes_and_goes every_now_and_again (?:ten|five|three|two|several|few|
        \d+)_times_(?:per|an|a)_(?:hour|day|minute) takes_(?:minutes|ages|hours|longer) show(?:s)?_up_late
        late stale trickl\w+ just_late a_refresh_later (?:\d+|five|six|eight|nine|ten)_(?:seconds|s)_(?:for|
        per|instead|to)
    """,
    "redundancy": r"""
        fail(?:ed)?_?over standby stand-?by replicas? redundan(?:cy|t) secondary
        second_(?:tunnel|node|link|line|leg|az|nat) one_of_(?:the_|our_)?(?:two|three|2|3|four|4)_\w+
        single_point_of_failure on_one_(?:leg|node|tunnel|link) no_(?:standby|redundancy|headroom|fallback)
        multi-?az quorum back-?up_(?:line|link|tunnel) remaining_(?:node|one|tunnel|link)s? (?:other|
        remaining)_(?:node|tunnel|link|instance|one)s?_(?:carr\w+|handl\w+|cop\w+|took|takes|picks?|
        absorb\w*) spare reader
    """,
    "security-active": r"""
        attackers? intruders? hack(?:er|ers|ed)? ransom(?:ware)?(?:_note)?
        encrypted(?!_(?:at|volume|with|connection|snapshot)) being_(?:deleted|wiped|dropped|encrypted|
        destroyed|exfiltrated|copied|drained|overwritten|erased) defaced ddos(?:'?ed)?
        exfiltrat(?:ed|ing|ion) (?:someone|somebody)_(?:is_|has_)?(?:in|inside|deleting|terminating|
        dropping|creating|changing|logged) deleting~(?:our|the|everything|production)
        (?:vanish(?:ing)?|disappear(?:ing)?) (?:in_front_of|before)_(?:our|my)_eyes
        as_(?:i|we)_(?:type|write|speak|watch) while_(?:i|we)_watch right_now hijacked taken_over
        stranger~(?:in|account) hostile cryptolocker wiped wiping drop(?:ped|
        ping)_(?:the_)?(?:prod\w*_)?(?:table|database|schema)s? deleted (?:deleting|removing|terminating|
        wiping|encrypting|dropping|destroying|erasing|renaming|emptying|copying|downloading|
        draining)_(?:our|all|the|prod\w*|snapshots|instances|tables|backups|databases|buckets|everything|
        every|them|rows|files|servers|it)(?!_(?:old|unused)) (?:is|are|get|gets|getting|being)_(?:renamed|
        encrypted|wiped|deleted|dropped|erased|removed|terminated)(?:_to|_one|_right|_now|_while|_as|
        _in_front|_by) one_(?:after_another|by_one|every_few) by_the_minute
        files~(?:renamed|unreadable|\.locked|extension) ransomed cut_(?:him|them|her)_off lock~account btc
        bitcoins? ransom_(?:demand|message|screen|text) extort\w*
        demand(?:s|ing)?~(?:btc|bitcoin|payment|money) pay~(?:btc|bitcoin)
    """,
    "security-exposure": r"""
        public_bucket publicly_(?:readable|accessible|available|reachable|exposed|listed) world-?readable
        leaked leak(?:ing|s)? expos(?:ed|ure|es|ing) compromised suspicious unknown_(?:iam_)?(?:user|ip|key|
        role|login|instances?|address) unauthori[sz]ed(?!_operation) web_?shell malware backdoor trojan
        (?:crypto-?)?min(?:ing|er|ers) stolen guardduty phish(?:ing|ed)? brute_?force
        root_(?:login|user|account|sign-?in) breach(?:ed)? none_of_us_created
        (?:nobody|no_one)~(?:created|recogni[sz]es?) not_(?:created|made)_by_us
        committed~(?:key|secret|credential)s? (?:access_)?keys?~github personal_data gdpr dpo
        anyone_(?:can|with_the|could) open_to_(?:the_)?(?:world|internet|everyone) 0\.0\.0\.0/0
        abuse_(?:report|notice|team|case) pastebin without_(?:a_)?(?:login|password|authentication)
        downloadable hands_out no_(?:odd|sign|signs|evidence)_(?:of_)?(?:activity|misuse|abuse)?
        never_launched we_never (?:typed|entered)~password researcher (?:key|token|password|secret|
        credential)s?~(?:active|valid|public|published|posted|leaked) re-?encrypted foreign_account
        nobody_here_(?:created|knows|did|recogni\w+|made|launched|started|has) crypto
    """,
    "vulnerability": r"""
        cve(?:-\d+-\d+)? vulnerabilit(?:y|ies) scanner pen-?test(?:ing|ers)? patch(?:es|ed|ing)? hardening
        compliance audit(?:or|ors)? cvss trusted_advisor findings? questionnaire soc_?2 iso_?27001
    """,
    "imminent": r"""
        (?:will|would|is_going_to|going_to|is_about_to|about_to|gonna|due_to)_(?:be_|run_|go_|hit_|come_|
        soon_)?(?:full|expire|stop|fill|suspend(?:ed)?|cut_off|terminated?|deleted?|die|down|fail|run_out|
        fall_over|hit|shut|offline|dark|out_of|break) at_this_(?:rate|pace) running_(?:out|low)
        run(?:s)?_out expir(?:es|ing|y)_(?:in|on|at|today|tonight|tomorrow|this)
        expires_(?:\w+_)?(?:midnight|noon|tonight|tomorrow|today) (?:hours?|minutes|mins|gb|%|percent|
        days?)_(?:left|away|remaining|to_go|of_(?:free_)?space) (?:full|empty|exhausted|gone|out)_(?:in|by|
        within|before)_(?:about_|around_|roughly_|under_)?(?:\w+) only~(?:left|remaining)
        nothing_(?:is_)?(?:failing|broken|down|has_failed|affected|has_broken)_yet
        not_(?:yet_)?(?:down|failing|broken)_yet still_(?:up|fine|working)_(?:for_now|but|at_the_moment)
        before_(?:it|we|everything|the_\w+)_(?:stops?|fails?|goes|dies|runs?|fill\w*|expire\w*|fall\w*)
        filling_up free_(?:storage|space)~(?:falling|dropping|low|gb) (?:by|before)_(?:tonight|midnight|
        noon|this_evening|tomorrow_morning|the_end_of_the_day|\d+(?::\d\d)?_?(?:am|pm)?)_(?:we|it|the|
        everything|production) (?:suspend|terminat|deactivat|clos)\w+_(?:our|the)_account
        account~(?:suspended|terminated|closed)_(?:today|tomorrow|tonight|in)
        retire(?:s|d|ment)?~(?:today|tonight|tomorrow) 9[0-9]_?%_full (?:will|would)_be_(?:retired|revoked|
        stopped|locked_out|blocked|suspended|disabled|shut_down) (?:revoked|retired|expires?|expired|ends|
        disabled|switched_off)~(?:at_\d|tonight|midnight|today|this_evening) until_then all_fine_until
        (?:9\d|100)_?%~(?:rising|climbing) when_it_hits must_be_done_(?:before|by)
        (?:refuse|stop|fail)_(?:connections|working)~after nothing_failing_yet it\'s_running_now
        in_the_next_(?:two|three|few|couple|\d+) extrapolat\w+ fills?_(?:at|by|around|up)
        (?:tonight|today|tomorrow)_at_\d ok_for_now fine_for_now
       
        (?:ends?|lapses?|runs_out|shuts?_off|switch(?:es)?_off)~(?:at_)?(?:midnight|noon|tonight|today|this_evening|\d{1,2}[:.]\d\d|\d{1,2}_?(?:am|pm|h)\b)
        after_(?:\d{1,2}(?::\d\d)?_?(?:am|pm|h)?|six|seven|eight|midnight|noon|that)_(?:no|all|every|each|nothing|we|it)
        from_then_on (?:is|are)_going_to_be_\w+_(?:tonight|today|at)
        (?:about|going)_to_(?:run_into|hit|fall) used,?_\+?\d+ (?:today|tonight)_(?:at_)?\d{1,2}[:.h]
    """,
    "business": r"""
        revenue losing_(?:money|sales|customers) phones?_(?:are_|is_)?(?:ringing|melting|red_hot) ceo coo
        cto board the_press regulator major_incident war_?room bridge storm all_hands on_fire
        support_(?:chat|line|desk)~(?:waiting|flooded|swamped|overwhelmed|melting)
        customers_(?:are_)?(?:calling|complaining|shouting|screaming|waiting|furious|angry)
        per_(?:hour|minute) queues? help!+ asap highest_severity sev(?:erity)?[-_]?1 p1 full_attention
        drop_everything any_cost
    """,
}
