r"""Phrases by which a customer asks for somebody higher, confirms, contradicts, thanks or asks.

Notation: see the package.
"""

from __future__ import annotations

from typing import Final

_HIGHER = (
    r"(?:(?:duty_|shift_|line_|service_|team_|delivery_|support_|operations_|department_|escalation_|"
    r"on-?call_|general_|"
    r"regional_)?(?:(?<!queue_)(?<!account_)(?<!secrets_)(?<!password_)(?<!session_)(?<!transaction_)"
    r"(?<!incident_)(?<!package_)(?<!cluster_)(?<!resource_)(?<!fleet_)(?<!systems_)(?<!project_)"
    r"(?<!product_)(?<!store_)(?<!branch_)(?<!\bour_)(?<!my_)(?<!certificate_)managers?|"
    r"supervisors?|team_?leads?|team_leaders?|leads?(?=[_.,!]|$)|directors?|boss(?:es)?|superiors?|"
    r"management|leadership|vp|cto|coo|head_of_\w+|head|principal|chief|heads)|second[-_](?:line|level)|"
    r"third[-_](?:line|level)|2nd[-_](?:line|level)|3rd[-_](?:line|level)|(?:l|tier|level)[-_]?[234]|"
    r"senior\w*|seniors|experts?|expert_team|specialists?|higher[-_](?:level|tier|ups?)|highest_level|"
    r"someone_(?:more_)?(?:senior|experienced)|somebody_(?:more_)?(?:senior|experienced)|"
    r"someone_(?:higher|above|with_authority|who_can_decide)|somebody_(?:higher|above|with_authority|"
    r"who_can_decide)|next_(?:level|tier|line)|grown-?ups?|decision_makers?)"
)
_BRING = (
    r"(?:get|put|bring|involve|pull|loop|page|wake|call|fetch|send|give|have|want|need|demand|expect|"
    r"request|require|ask|let|assign|connect|transfer|hand|pass|forward|move|route|take|push|speak|talk|"
    r"engage|insist|bump|raise|report|refer|kick|tell|inform|notify|alert|contact|ring|phone|summon|"
    r"prefer|appoint|allocate|go)"
)
_LEVEL = (
    r"(?:severity|priority|prio|sev|urgency|ticket_level|case_level|classification|level|p1|p2|sev-?1|"
    r"sev-?2|critical|high|top_priority)"
)

_HI = (
    r"(?:(?<![王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾"
    r"彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆孔白崔康毛邱秦江史顾侯邵孟龙段雷"
    r"钱汤尹黎易常武乔贺赖龚小老我])(?:主管|"
    r"经理|领导|负责人|总监|主任|组长)|专家|老大|上级|上司|管理层|高层|老板|更高(?:一级|级别|层)|高一级|"
    r"上一级|资深|高级|高阶|二线|三线|原厂|原厂商|高工|总工|技术总监|管理者|l2|l3|manager|supervisor|"
    r"senior|team_?lead|lead|director|头儿|头头|值班经理|大佬|大神|上面的人|更高级|更资深|更专业|有经验|"
    r"能拍板|说了算|管事|責任者|责任者|上席|上长|上位)"
)

ENGLISH: Final[dict[str, str]] = {
    "escalate": rf"""
        escalat(?:e|ed|ing|ion) (?:raise|bump|increase|upgrade|change|set|move|lift|put|reclassify|
        re-?classify|reprioriti[sz]e|re-?prioriti[sz]e|upgrading|raising|treat|push|make|mark|correct|
        adjust|promote|elevate)~(?:the_|this_|its_|our_|it_|to_|as_)(?:\w+_)?{_LEVEL}
        elevate~(?:this|the|it|our) (?:raise|bump|increase)_(?:the_)?(?:severity|priority|sev|prio)
        (?:severity|priority|level)~(?:raised|increased|changed|upgraded|lifted|corrected|set)_to
        {_BRING}~(?:a|an|your|the|to|with|some|more|their|his|somebody|someone|in)_(?:\w+_)?{_HIGHER}
        {_HIGHER}~(?:on_the_(?:phone|line|call|bridge)|call_(?:me|us)|calls_(?:me|us)|to_call|to_look|
        take_over|involved|to_take|takes_over|join|step_in|look_at|contact_(?:me|us)|phone_(?:me|us))
        your_(?:manager|boss|supervisor|management|team_lead|director|superiors?|seniors?|duty_manager|
        head_of_\w+|higher_ups)_(?:needs?|should|must|please|now|to|has_to|will) (?:open|raise|file|log|
        create|submit|lodge|start)~(?:aws)~(?:case|ticket|support) (?:open|raise|file|log|create|submit|
        lodge)_(?:a|an|the)?~(?:case|ticket|sev\w*)_(?:with|at|to|for|towards)_(?:aws|amazon)
        (?:open|raise|file|log)~case~(?:aws|amazon) (?:get|bring|pull|engage|involve|loop_in|bring_in|
        call_in|pull_in|drag_in|push|chase|take|go|hand|pass|forward|turn)~(?:aws|amazon)(?:_support|
        _premium\w*|_engineers?|_themselves|_involved|_tam|_on|_in|_itself|_service_team)
        aws_(?:involved|on_the_(?:call|line|bridge|phone)|engaged) push_this_with
        (?:up|further_up)_the_(?:chain|ladder|line|tree|hierarchy) over_(?:your|his|her|their)_heads?
        higher_up pass_(?:this|it)_up (?:this|it)_up_to hand_(?:this|it|the_\w+)_(?:over|on|up)_to
        (?:someone|somebody|anyone|anybody|an_engineer|engineer|people|person)~(?:senior|higher|above|
        who_(?:knows|understands|can_decide|has_authority)|with_(?:more_)?(?:experience|authority|
        seniority)) (?:more_)?senior_(?:engineer|person|people|colleague|dba|architect|staff|resource|
        technician|consultant) (?:take|taken|move|moved)_(?:it|this)_(?:up|higher) beyond_first[-_]line
        away_from_first[-_]line (?:past|above|other_than|beyond)_(?:the_)?(?:first[-_](?:line|level)|
        service_desk|l1|tier_?1) whoever~(?:runs|manages|heads|leads|in_charge) in_charge
        who_is_your_(?:\w+_)?(?:manager|boss|supervisor|superior|team_lead)
        {_HIGHER}~(?:took|takes|take|taking)_(?:over|charge|this)
        (?:loop|bring|pull|get|call|rope|drag)_in_(?:aws|amazon) (?:open|raise|file|log|create|submit|
        lodge)~(?:with|at|to|towards)_(?:aws|amazon) up_the_(?:line|chain|ladder)
        more_(?:authority|seniority|clout) wake_up_(?:whoever|somebody|someone|your) your_(?:cto|coo|ceo|
        cio|managing_director)~(?:call|phone|now|personally|if_necessary|involved|on_the) (?:call|phone|
        ring|wake|get|involve|tell)~your_(?:cto|coo|ceo|cio|managing_director)
       
        (?:your|their|his|her|the|a|an)_(?:\w+_){{0,3}}(?:manager|supervisor|director|superior|boss|team_lead|lead|head|executive|commander|leadership|authorit(?:y|ies)|architect|cto|ciso|ceo|coo|vp|seniors?)s?~(?:join|ring|call|phone|own|take|to_own|reads?|look|answers?|in_(?:the_)?loop|informed|on_call|assigned|on_the|involved|rings?|explain|decides?|personally)
        (?:direct|assign|reassign|re-?assign|take|bring|kick|put|move|pass|marking|address|report|bump|send)_(?:this|it|the_\w+|me|us|both|that)?_?(?:case_|ticket_|matter_|one_)?(?:to|up_to|before|in_front_of)_(?:your|his|her|their|a|an|the|somebody|someone)_(?:\w+_){{0,3}}(?:(?:manager|supervisor|director|superior|boss|team_lead|lead|head|executive|commander|leadership|authorit(?:y|ies)|architect|cto|ciso|ceo|coo|vp|seniors?)s?|experienced\w*)
        put_up_the_matter higher_authorit\w+ up_the_(?:severity|priority|prio|sev)
        (?:higher|highest|top|raised|increased)_(?:priority|severity|prio|sev)(?=_|[.,!])~(?:for|please|this|now|on|here)
        (?:give|get|set|insist_on|needs?|want|deserves?|assign)~(?:a_)?(?:higher|highest|top)_(?:priority|severity|prio)
        kick~upstairs
        (?:take|push|bring|send|move|kick)_(?:this|it|that|this_one)_(?:to_the_top|upstairs|further_up|higher)
        (?:next|another|higher)_(?:support_)?(?:tier|level|line)
        (?:someone|somebody|anyone|person|engineer|colleague|human)_(?:\w+_)?(?:above|competent|superior|at_director\w*|at_management\w*|who_can_(?:actually|really|decide)|other_than|more_experienced|who_decides|who_actually)
        who_(?:is_)?above_you not_tier_one not_(?:the_)?(?:rota|first_line|l1|tier_?1|level_1|queue)
        best_\w+_(?:person|engineer|expert|people) deepest~knowledge
        take_(?:it|this)_(?:up_)?(?:to|with)_(?:aws|amazon)
        (?:aws|amazon)_(?:\w+_){{0,2}}(?:engineers?|support|team|experts?)_(?:on|in|into|onto|involved)_
        (?:engage|involve|get|bring|call)_(?:the_)?(?:aws|amazon) get_us_to_whoever
        whoever_(?:can|is|runs|has|you) elevation_of_(?:inc|case|ticket|this|the)
        (?:severity|sev|priority|prio|at)_(?:one|1|p1)(?=_and|[.,!]|_please|_now)
        (?:treat|handle|reclassify|class)\w*_(?:this|it)_as_(?:a_)?(?:p1|sev-?1|critical|severity)
        boss_of_yours your_responsible wake_your formally_for_severity
        (?:ticket|case|this|it)_(?:at|to|as)_p1 major_incident_(?:manager|process)
        (?:more|higher)[-_](?:experienced|level)_(?:colleague|engineer|expert|person|support)
        from_s[2-4]_to_s[12] from_p[2-5]_to_p[1-3] person_who_decides
    """,
    "no-escalation": r"""
        (?:no|not|don't|do_not|needn't|without|doesn't|does_not|never|isn't|didn't|not_asking_(?:you_)?to|
        nothing_to|rather_not|no_reason_to|won't|shouldn't|wouldn't|before|instead_of|stop)_(?:need_(?:to|
        for)_|have_to_|want_(?:you_)?to_|necessary_to_|yet_|any_|an_|be_|it_|this_|a_|require_|
        needs?_to_be_|warrant_|asking_(?:you_)?(?:for_(?:an_)?|to_))*escalat\w+ privileges?[-_]escalat\w+
        escalation_of_privileges? escalat\w+_(?:matrix|path|paths|process|procedure|contacts?|list|policy|
        policies|chain|plan|levels?|rules?|chart|ladder|tree|flow|clause|page|document|guide|numbers?|
        settings?|steps|diagram|section|timers?) (?:how|when|who|what|where|which)_(?:\w+_){0,4}escalat\w+
        (?:was|were|been|already|got|being|had|thanks_for|thank_you_for|after|since|your|his|previous|last|
        first|earlier)_(?:the_|been_|you_)?escalat(?:ed|ing|ion) de-?escalat\w+ lock_escalation
        auto-?escalat\w+ (?:costs?|prices?|bill|traffic|load|usage|queries|errors)_(?:\w+_)?escalat\w+
        escalating_(?:costs?|prices?|bill|traffic|load|usage|errors|latency) withdraw~escalat\w+
        cancel~escalat\w+ need_not_(?:be_)?escalat\w+ our_(?:own_)?(?:internal_)?escalat\w+
        escalat\w+_(?:is|was)_(?:not|no_longer|un)\w* escalated_(?:to_us|internally|by_our|here|within)
        (?:where|how|what|who|which|when)_(?:do|does|can|should|would|could)_(?:i|we|you|
        one)_\w+~(?:priority|severity|level|escalat\w+) (?:support|service)_(?:level|plan|tier)s?
        what_does~(?:priority|severity|p1|sev) (?:errors?|rate|costs?|latency|load|traffic|
        usage)_(?:\w+_){0,2}escalat\w+ escalated_(?:from|into|quickly)_ difference_between~ right_person
        needn\'t_(?:\w+_){0,3}(?:manager|boss|director|senior) escalation_(?:is_)?(?:not|un)\w*
        escalate\w*_(?:to_)?(?:me|us|privileges?|internally)
        (?:has|have|i\'ve|we\'ve)_escalated_(?:to_me|internally) whom_do_we_escalate why~escalation
        did(?:n\'t|_not)_ask_for
        no_(?:\w+_)?(?:manager|director|escalation)_(?:is_)?(?:needed|required|necessary)
        (?:manager|boss|director)_(?:is_)?(?:not|n\'t)_(?:needed|required|necessary)
        (?:don\'t|do_not|no_need_to)_(?:bother|involve|wake|disturb|call|bring)_(?:\w+_){0,3}(?:manager|boss|director|senior)s?
        handle_escalations asked?_for_escalation ask_for_escalation_to should_take_over
        escalat\w+_(?:of|in)_(?:costs?|prices?|traffic|load)
    """,
    "confirm": r"""
        (?:i_|we_|hereby_|can_|yes,?_|happy_to_)?confirm(?:ed|ing)?(?!_(?:ation|if|whether|when|that_you|
        the_time|receipt|someone|by|who|how)) (?:works?|working|fine|ok|okay|good|up|solved|resolved|fixed|
        sorted|running)_(?:again_)?(?:now|again|fine|well|perfectly|as_expected|for_us|for_me|here) (?:is|
        was|been|are|got|looks?|seems?|it's|issue|problem|all|that|this|that's|now)_(?:now_|all_|fully_|
        been_|indeed_|completely_)?(?:solved|resolved|fixed|sorted|working|good|ok|okay|fine|back_to_normal|
        cured) (?:that|this|it|which)_(?:has_|did_|really_)?(?:fixed|solved|worked|helped|did_the_trick|
        sorted|cured|resolved) (?:you_(?:can|may)|please|feel_free_to|ok_to|okay_to|go_ahead_and|happy_to|
        can_be|let's|kindly)_(?:now_)?clos(?:e|ed)(?!_(?:the_port|port|it_off|access|the_bucket))
        (?:ticket|case)_(?:can|may)_be_closed no_(?:more|further)_(?:errors?|issues?|problems?|trouble)
        problem_(?:is_)?gone all_good all_green looks_good solved resolved
    """,
    "not-fixed": r"""
        not_(?:yet_|really_|fully_|been_|completely_|at_all_|actually_)?(?:fixed|solved|resolved|working|
        sorted|better|gone|the_case|ok|okay|done|restored|good|cured|helped) (?:isn't|is_not|wasn't|
        hasn't_been|has_not_been|aren't|doesn't_look|doesn't_seem|does_not_look)_(?:yet_|really_|fully_|
        completely_|actually_)?(?:fixed|solved|resolved|working|sorted|better|gone|ok|okay) still_(?:not|no|
        down|failing|broken|the_same|seeing|getting|happening|there|an_issue|does_not|doesn't|can't|cannot|
        slow|unavailable|unreachable|have|having|see|get|fails?|persists?|occurs?|stuck|500|50\d|shows?|
        happens|crash\w*|returns?|reproduc\w+|errors?|won't|open|waiting|broke) (?:problem|issue|error|
        fault)_(?:\w+_)?(?:persists?|remains?|continues?|is_back|came_back|reappeared|returned|recurred|
        happened_again|still) (?:came|come|is|are|it's)_back_(?:again|since)? (?:broke|broken|failed|fails|
        failing|happened|happening|occurred|crashed|down|appeared)_again (?:same|identical)_(?:error|
        problem|issue|symptom|thing|story|behaviou?r) no_(?:change|improvement|difference|luck|better|joy)
        (?:didn't|did_not|doesn't|does_not|hasn't|has_not)_(?:help(?:ed)?|work(?:ed)?|fix(?:ed)?|solve[d]?|
        change[d]?|resolve[d]?|do_the_trick|make) re-?open worse unfortunately_(?:not|no|it|the|still|we)
        don't_close do_not_close (?:you|why)~closed~(?:but|without|although|too|premature)
        (?:too_early|premature(?:ly)?)_(?:to_)?clos\w* not_so_fast (?:partly|partially|half|
        only_partly)_(?:fixed|solved|resolved) reverted_to again_(?:today|this_morning|since|down|broken)
    """,
    "thanks": r"""
        thank(?:s|_you)?(?!_in_advance)(?:_you)? thx tks tnx ty cheers much_appreciated appreciated?
        great_(?:work|job|support|help) well_done perfect brilliant excellent wonderful awesome grateful
        kudos nice_(?:work|one|job) merci
    """,
    "question": r"""
        how_(?:do|can|long|much|many|would|should|does|often|far|is|are|come) what_(?:is|are|does|do|kind|
        would|should|counts|was|were|happens|happened|about|if) which_\w+ (?:could|can|would)_(?:you|
        someone|somebody|anyone)_(?:please_)?(?:explain|tell|advise|recommend|clarify|point|confirm|say|let|
        share) when_(?:will|can|is|are|do|does|should) why_(?:is|are|did|does|do|was|were|has|have)
        who_(?:is|are|can|do|does|should) where_(?:is|are|can|do|does) wonder(?:ing|ed)? curious
        question(?:s)? is_(?:it|there|this|that|the)_\w+ are_(?:there|we|you|the)_\w+
        do(?:es)?_(?:you|we|it|that|this|the)_\w+ should_we (?:quick|one_more|another|general)_question
    """,
}
CHINESE: Final[dict[str, str]] = {
    "escalate": rf"""
        升级(?!版|到\s?\d|到v|到mysql|到pg|到postgre|mysql|rds|实例|规格|内核|补丁|系统|数据库|包|后|完|
        失败|过程|方案|计划|路径|流程|矩阵|机制|联系|策略|表|规则|引擎|操作系统|os|固件|配置|硬件|软件|eks|
        k8s|集群|node|版本|带宽|时|期间|前|窗口|套餐|aurora|es|redis|kafka|jdk|驱动|插件|agent|服务器|了|过|
        之后|以后|的时候|一下(?:rds|mysql|版本|系统|规格|实例|配置)) 升(?:为|成|到|至)(?:.{{0,6}})(?:p[0-2]|
        一级|二级|最高|紧急|严重|critical|high|高|sev) 升(?:一级|单|p[01]|级别|优先级|等级) (?:提升|调高|
        提高|调整|上调|改成|改为|调到|调成|调为|设为|设成|拉高|拉到|加急到|提到|提至|提升至|提高到|标成|
        列为|按|改到|定为|重新定)(?:.{{0,12}})(?:优先级|级别|等级|严重程度|最高级|最高等级|最高级别|p0|p1|
        p2|sev1|一级|紧急级|critical|severity|priority|高优|最高优先)(?!.{{0,4}}(?:响应|的定义)) (?:优先级|
        级别|等级|严重程度|severity|priority)(?:.{{0,8}})(?:提升|调高|提高|上调|改成|改为|调到|调成|升|提到|
        拉|太低|定低|定得太低|改高|调整到) 拉到最高 (?:找|叫|让|请|转|转给|转到|转交|转接|派|安排|喊|要|
        需要|要求|麻烦|上报|汇报|报给|报到|交给|交由|移交|通知|联系|惊动|拉上|拉|上|加派|调|指派|分配|请求|
        通报|反映|反馈|同步)(?:给|到|至|你们|贵司|您们|贵公司|你方|一下|一位|一个|个|位|更|的|您|咱们|贵方|
        马上|尽快|你们的){{0,4}}(?:.{{0,8}}){_HI} {_HI}(?:.{{0,6}})(?:出面|介入|联系我|来看|处理|致电|回电|
        给我(?:打|回)|跟我|接手|接管|支援|跟进|打给我|和我|进会|上线|进群|来(?:看|处理|跟|联系|解决|对)|
        对接|负责|过来) (?:请|让|拉|找|叫|要求|同步|需要|联系|帮.{{0,4}}|麻烦)(?:.{{0,8}})(?:aws|亚马逊|
        原厂)(?:.{{0,8}})(?:介入|协助|支援|一起|进来|排查|support|工程师|参与|处理|看|case|工单|加入) (?:开|
        提|报|建|升|提交|创建|open)(?:.{{0,10}})(?:aws|原厂|亚马逊)(?:.{{0,12}})(?:case|工单|ticket|支持|
        支援) (?:aws|原厂|亚马逊)(?:.{{0,8}})(?:开|提|报)(?:.{{0,6}})(?:case|工单|单) (?:往上|向上|
        逐级)(?:.{{0,4}})(?:报|反映|升|递|汇报|捅|提|反馈) 转(?:给)?(?:.{{0,4}})(?:架构师|二线|三线|l2|l3|
        专家|资深|高级|dba专家|上级|主管|领导|负责人) 加派(?:.{{0,4}})(?:人|专家|高级|资深)
        别(?:再)?(?:让|叫)(?:.{{0,4}})一线 不要(?:再)?(?:让|叫)?一线 一线(?:.{{0,10}})(?:太累|搞不定|
        解决不了|处理不了|不行|没用|搞唔掂) 搵(?:.{{0,6}})(?:经理|主管|上司|负责人)
        エスカレ(?!ーション(?:フロー|ルール|先|手顺|マトリ|基准|体制|の流れ))
        上位(?:の)?(?:方|者|担当|エンジニア|技术) 上(?:司|长|席)(?:の方)?(?:から|に|へ|と|を)
        责任者(?:の方)?(?:から|に|へ|と|を) (?:优先度|重要度|深刻度|重大度)(?:.{{0,6}})(?:上げ|引き上げ|
        高に|最高|紧急に|変更) マネージャー(?:の方)?(?:から|に|へ|と|を) (?:找|叫|让|请|换)(?:个|一个|位|
        一位|名|一名|更|你们|贵司){{0,3}}(?:资深|高级|更有经验|有经验|更专业|更高|能做主|能拍板|懂行)
        换(?:.{{0,6}})(?:资深|高级|有经验|专家|工程师来|人来|人处理|人跟) (?:申请|要求|请求|麻烦|请|立即|
        马上)升级(?!到_?v?\d|版本|mysql|rds|app|系统|到企业|到专业) (?:你们|贵司|你方|
        贵方)(?:的)?(?:.{{0,4}})(?:总经理|老总|ceo|cto|总裁|副总|法人)
        (?:向|跟|找)(?:你们|贵司)(?:.{{0,6}})(?:投诉|反映|谈) 升级(?:工单|处理|投诉|此|该|这)
        (?:喊|叫|让|请|找|搵|拉|要求|惊动|联系|call|打给)(?:.{{0,8}})(?:vp|架构师|组长|科长|部长|协理|阿头|执行长|一把手|话事人|大佬|老总|总裁|tam|首席)
        (?:级|档|单|票|case|等级)(?:.{{0,6}})(?:改|调|提|拉|升)(?:.{{0,4}})(?:p[0-2]|最高|一级|高)
        (?:改|调高|调|升)(?:成|为|做|到)?_?p[0-2] p[2-4](?:→|->|改|升)p[0-2] 升级(?:为|成|到)(?:一级|二级|最高|p[0-2]|紧急|严重)
        往上(?:送|递|报|呈|捅)
        (?:提|送|转|捅|报|反映|上升)(?:到|至|给)(?:你们|贵司|贵方|您们|你哋)?(?:.{{0,6}})(?:主管|经理|总监|领导|负责人|上级|高层|原厂|aws|aws原厂|架构师|协理|second_line|二线|三线|l2|l3)
        (?:转|交)(?:.{{0,4}})(?:second_line|level_2|l2|l3|tier_2) 上报(?:.{{0,3}})(?:aws|原厂|总部|上级|领导|管理)
        (?:拉|叫|请|让)(?:.{{0,6}})(?:tam|aws|原厂)(?:.{{0,4}})(?:进|来|上) 总监签字 (?:vp|总监|高管|副总)(?:级别)?(?:.{{0,2}})出面
        一级应变 (?:换|派|找|安排|叫)(?:.{{0,6}})(?:更|最)(?:资深|高级|专业|厉害|懂|有经验) 通知(?:aws|原厂) 求(?:.{{0,4}})上级
        一线(?:.{{0,6}})(?:讲不清|没办法|没办法处理|处理唔到|敷衍) 打给你们(?:.{{0,4}})(?:协理|经理|主管|老板|领导)
    """,
    "no-escalation": r"""
        (?:不用|不需要|无需|无须|不必|不要|别|没必要|不打算|不想|先不|毋须|唔使|没有要|暂不|暂时不|不是要|
        并非要|不急着|免|用不着|未到)(?:.{0,8})(?:升级|提级|上报|エスカレ|escalate) 权限(?:升级|提升) 提权
        (?:升级|エスカレーション)(?:的)?(?:流程|路径|矩阵|机制|联系人|规则|标准|策略|定义|先|フロー|ルール|
        手顺|基准|体制|名单|渠道|方式|途径|表|条件|时限) (?:软件|版本|系统|数据库|内核|固件|补丁|实例|规格|
        套餐|配置|mysql|rds|postgres\w*|eks|k8s|redis|aurora|kafka|集群|引擎|jdk|php|python|驱动|插件|硬件|
        带宽|操作系统|os|windows|linux|agent|客户端|app|平台|功能|滚动|蓝绿|灰度|热|无感|在线|自动|小版本|
        大版本|框架|组件|中间件|证书|网关|节点|ami|服务器|产品|架构|内存|磁盘)(?:.{0,6})升级
        升级(?:.{0,10})(?:软件|版本|系统|数据库|内核|固件|补丁|实例|规格|套餐|配置|mysql|rds|postgres\w*|
        eks|k8s|redis|aurora|kafka|集群|引擎|jdk|php|python|驱动|插件|硬件|带宽|操作系统|windows|linux|
        agent|\d\.\d|到_?v?\d|窗口|公告|通知|失败|报错|之后|后|期间|完成|包|停机|多久|演练|测试|费用|报价|
        预算) (?:什么时候|何时|如何|怎么|怎样|谁来|什么情况|哪些情况|多久|几级)(?:.{0,8})(?:升级|上报|提级)
        (?:已经|已|之前|上次|刚才|昨天|曾)(?:.{0,6})升级 升级(?:过了|过)
        (?:我们|我方|内部)(?:.{0,4})(?:自己|内部)(?:.{0,4})升级 (?:支持计划|套餐|商业版|企业版|专业版|
        标准版|旗舰版)(?:.{0,12})升级 升级(?:到|成|为)(?:企业|商业|专业|旗舰|高级)版
        (?:分享|培训|讲座|授课|交流会|评审会|座谈) 升级(?:app|到.{0,6}版) 逾期 负责人在
       
        (?:不用|不必|暂不|先不|先别|别|暂时不用|不需要|无需|毋须|唔使)(?:.{0,6})(?:找|惊动|叫|请|让|通知|打扰|麻烦)(?:.{0,6})(?:主管|经理|领导|总监|老板|上级|负责人)
        惊动(?:.{0,6})(?:不必|就不|不用) (?:当时|上次|之前|先前|曾|那次)(?:.{0,8})(?:惊动|升级|上报|要转|找经理|找主管|转)
        (?:转告|表扬|感谢|转达)(?:.{0,6})(?:领导|主管|经理)
        升级(?:由|成功|完成|卡住|问题|为_?(?:enterprise|business)|到_?(?:\d|enterprise|business)|测试|咨询|之后|到\d) 客诉升级
        \d_?升级(?:到|至|为)_?\d (?:测试|生产|预发|灰度)(?:集群|环境|库)?升级 还没开始升 方案(?:由)?(?:.{0,14})升级
        (?:支持计划|套餐|方案)(?:.{0,14})(?:提升|升级|升到) 升级(?:矩阵|通报|处理的流程) 要怎么(?:.{0,4})升级 升级(?:.{0,3})不要 エスカレーションは不要
        (?:取消|撤回|收回|当作没看到)(?:.{0,10})(?:升级|请求|经理) 怎么(?:请求|申请)?升级 多久通知到 先不(?:用|必)?(?=[,。])
        aurora(?:.{0,10})升级
    """,
    "confirm": r"""
        确认(?:解决|已解决|恢复|修复|关闭|没问题|正常|可以了|ok|好了|无误|完毕|没事) (?:已|
        已经)(?:经)?(?:解决|恢复|修复|好了|正常|搞定|处理好|ok|可以|验证通过) 解决了 恢复了 好了 正常了
        可以了 没问题了 没事了 搞定了 可以(?:关闭|关单|结单|结案|关掉|关了|关) (?:请)?(?:帮忙)?(?:关单|结单|
        结案|关闭工单|关闭此|关闭该|关掉工单) 验证(?:通过|没问题|ok|正常) 测试(?:通过|没问题|ok|正常|可以)
        现在(?:都)?(?:可以|正常|ok|好|能用|没问题) 问题(?:已)?(?:解决|消失|不再) 不再(?:报错|出现|超时)
        收到.{0,4}已(?:正常|恢复) 搞掂 解决しました 解消(?:し|さ)れ 复旧(?:し|を确认) 直りました 正常に动
        问题ありません クローズ(?:して|で|いただ) 确认(?:しました|できました|取れました)
        没有再(?:出现|报|发生) 确实好了 稳定了
    """,
    "not-fixed": r"""
        (?:没|没有|未|并未|并没有|根本没|还没|还没有|尚未|仍未|仍没有)(?:有)?(?:完全|彻底|真正|能|
        被)?(?:解决|恢复|修复|好|修好|搞定|生效|处理好|弄好|变化|改善|起作用|用) 还是(?:不|没|报|一样|
        老样子|这样|那样|有|连|打|很|无|会|挂|卡|慢|超时|同样|原来|旧|之前|出|进|登|失败|50\d|4\d\d)
        依(?:然|旧)(?:不|没|报|无|有|存在|打|连|失败|超时|是|会|很|如此|50\d) 仍(?:然|旧|是)?(?:不|没|报|无|
        有|存在|打|连|失败|超时|会|在|未|50\d) 又(?:出现|来|挂|不行|坏|报|开始|打不|不能|断|崩|复发|犯|超时|
        失败|宕|连不) 再次(?:出现|发生|报|失败|超时|复发|中断) 问题(?:依旧|依然|仍|还在|还存在|又|重现|复现|
        照旧|没解决|没有解决|存在) 还在(?:报|持续|发生|出现|超时|失败|丢|断|转) 复发 反复 不行啊?
        不行(?:$|[,。!]) 没用 没效果 无效 没有变化 没变化 没好转 更(?:严重|糟|慢|差) 别(?:关|结)(?:单|案)?
        不要(?:关|结)(?:单|案|闭)? 先别关 重新打开 重开(?:工单)? 怎么就(?:关|结) 为什么(?:就)?(?:关|结)
        一样(?:的)?(?:错|问题|报错|现象) 同样(?:的)?(?:错|问题|报错|现象) 治标不治本
        (?:まだ|未だ|依然)(?:.{0,10})(?:ない|ません|エラー|続|発生)
        解决して(?:い)?(?:ない|ません|おりません) 直って(?:い)?(?:ない|ません|おりません) 再発 再び
        改善(?:さ|し)(?:れ)?て(?:い)?(?:ない|ません|おりません) 唔得 仲系 未好返 冇改善
    """,
    "thanks": r"""
        谢谢 多谢 感谢 辛苦了 辛苦 谢了 唔该 感恩 3q thx thanks 给力 点赞 赞 棒 好评 ありがとう 感谢いたし
        助かりました 御礼 お礼 谢啦 太好了 厉害 表扬
    """,
    "question": r"""
        请问 咨询 请教 想问 问一下 问下 想了解 了解一下 想知道 是否 能不能 有没有 怎么(?!搞) 如何 多少 多久
        哪(?:个|些|种|里|款) 吗(?:$|[?,。!\s]) 什么(?:时候|区别|意思|原因|情况|条件|流程) 为什么 为何 区别
        建议 可否 能否 でしょうか 教えて 质问 ますか 几(?:点|时|天|个)
    """,
}

# Stands in every sentence that may ask for somebody higher: only their words are weighed.
ANCHOR: Final = (
    r"escalat|elevat|upstairs|higher|superior|senior|manage|director|supervis|\bboss|\blead|chief|\bheads?\b"
    r"|expert|specialist|experienced|competent|architect|second|third|tier|level|\bl[1-4]\b|line|\baws\b|amazon"
    r"|\bsev|prio|\b[ps][1-4]\b|urgency|someone|somebody|whoever|person|anyone|authorit|commander|executive"
    r"|\bvp\b|\bc[teio]o\b|\bciso\b|\btop\b|reassign|colleague|responsible|first|desk|deci[ds]|owner|human"
    r"|升|报|往上|上送|上司|主管|经理|领导|总监|老板|负责人|老总|老大|总裁|协理|专家|资深|高级|架构师|组长|科长"
    r"|部长|阿头|头儿|[一二三]线|原厂|亚马逊|级|优先|严重|换|有经验|懂|エスカ|上席|上位|责任者|优先度|介入|投诉"
    r"|惊动|转|找|搵|喊|叫|应变"
)
