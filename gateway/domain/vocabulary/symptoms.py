r"""What tickets are about, in English and Chinese, by symptom. Notation: see the package.

A word that only means its symptom beside another one (an instance "type", a "key" on a keyboard) is not listed alone.
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    "data-loss": r"""
        (?:data|files?|rows?|records?|tables?|buckets?|objects?|orders?|snapshots?|databases?|volumes?|
        invoices?)_(?:has_|have_|had_|was_|were_|is_|are_|got_|been_){0,3}(?:lost|gone|missing|deleted|disappeared|
        vanished|vanishing|corrupted|corrupt|wiped|erased|overwritten|destroyed|dropped|emptied)
        (?:lost|losing|missing|deleted|corrupted|corrupt|wiped|erased|dropped|emptied)_(?:the_|our_|all_|some_|a_|
        an_|whole_|entire_|production_|customer_){0,3}(?:data|files|rows|records|tables?|buckets?|objects|orders|
        database|volume)
        data_?-?(?:loss|corruption) accidental(?:ly)?_delet(?:ion|ed) undelete corrupt(?:ed|ion)?
    """,
    "security": r"""
        security(?!_groups?) vulnerabilit(?:y|ies) cves? cve-\d{4}-\d{1,7} hack(?:ed|er|ers|ing)
        compromis(?:e|ed|ing) breach(?:ed)?(?!_of_sla) leak(?:ed|age)?_(?:of_)?(?:keys?|credentials?|secrets?|
        access_keys?) (?:keys?|credentials?|secrets?|tokens?|passwords?)_(?:were_|was_|is_|are_|got_|been_|has_|
        have_){0,3}(?:leaked|exposed|stolen|published|pushed|committed) exposed_(?:keys?|credentials?|bucket|to_the_internet)
        d?dos_attacks? ddos attack(?:s|ed|ers?)? malware phishing intru(?:sion|der) suspicious unauthori[sz]ed
        crypto-?_?min(?:er|ing) guardduty penetration_tests? pen-?_?tests? public(?:ly)?_(?:accessible|readable|
        bucket|buckets) abuse_(?:report|notice|complaint) fraud audit_findings? stolen ransom(?:ware)? unfamiliar webshell
        (?:someone|somebody|stranger)_(?:is_|got_)(?:in|into)_our
    """,
    "failover": r"""
        fail-?_?over(?:s|ed)? failed_over failing_over fail-?_?back multi-?_?az standby switch-?_?over
        disaster_recovery(?!_plan) primary_(?:down|lost|failed|changed) writer_(?:changed|restarted|lost)
        split_?-?brain replica_promot(?:ed|ion) quorum
    """,
    "certificate": r"""
        certificates? certs? ssl tls https_(?:error|warning|invalid|expired) acm_(?:renewal|validation)
        handshake_(?:failed|failure|error)
    """,
    "backup": r"""
        back-?_?ups? backed_up restor(?:e|es|ing|ation) snapshots? point-?_?in-?_?time pitr recovery_points?
        retention recover_(?:a_|the_|our_|an_|deleted_){0,3}(?:data|files?|database|volume|instance|table)
    """,
    "login": r"""
        log-?_?in log-?_?ins logging_in logged_out log-?_?on sign-?_?in signing_in mfa 2fa two-?_?factor
        authenticator password(?:s)?_?(?:reset|expired|change|forgotten|lost)? locked_out lock(?:ed)?_account
        account_locked sso saml single_sign-?_?on one-?_?time_(?:code|password|pin) otp captcha
        authentication_(?:fail(?:s|ed|ure)?|error) virtual_device new_phone lost_phone
    """,
    "permissions": r"""
        permissions? access_denied accessdenied(?:exception)? access-denied not_authori[sz]ed unauthorizedoperation
        forbidden 403s? iam polic(?:y|ies) (?:assume_?)?roles? privileges? grant(?:s|ed|ing)? scp
        (?:need|needs|give|request(?:s|ing)?|read-?_?only|admin|add|remove|revoke|console|
        root|user|account)_access access_(?:for|request|rights?|keys?) new_(?:iam_)?(?:user|account|colleague)
        (?:add|remove|create|delete)_(?:a_|an_|the_|new_|iam_){0,3}(?:user|account)s? offboard(?:ing)? onboard(?:ing)?
        kms_key_denied explicit_deny
    """,
    "quota": r"""
        quotas? (?:service|account|vcpu|instance|concurrency|rate|sending|request|eip|ip|api|soft|hard)_limits?
        limits?_(?:increase|exceeded|reached|hit|raise|raised) (?:increase|raise|exceed(?:ed|s)?|lift|hit)_
        (?:of_|the_|our_|a_|an_|my_){0,3}(?:\w{1,15}_){0,2}limits? limitexceeded(?:exception)? throttl(?:ed|ing|es|e)
        throttlingexception rate_exceeded toomanyrequests(?:exception)? too_many_requests 429s?
        insufficient_?(?:instance)?_?capacity insufficientinstancecapacity capacity_error no_capacity
        maximum_number_of vcpus? out_of_(?:ip|ips|addresses|sandbox) provisionedthroughputexceeded(?:exception)?
    """,
    "storage": r"""
        disk(?:s)?_(?:is_|are_|almost_|nearly_|at_){0,3}(?:full|space|usage|filling|filled|\d{1,3}) full_disk
        out_of_(?:disk_|storage_)?space no_space storage_?-?(?:full|space|almost_full|low|usage|exhausted)
        (?:volume|filesystem|file_system|partition|root|drive|ebs|rds|/var|/)_(?:is_|at_|nearly_|almost_){0,3}full
        (?:fill(?:s|ing|ed)?|run(?:s|ning)?|ran)_(?:up|out_of_(?:disk|storage|space)) free_storage storage(?!_class)
        (?:extend|enlarge|expand|grow|resize|increase)_(?:the_|our_|a_|an_|ebs_|data_|root_){0,3}(?:volumes?|disks?|
        storage|partition|filesystem) enospc storage-full inodes? disk_pressure diskpressure
    """,
    "cost": r"""
        costs? bills? billing billed invoices? charges? charged pric(?:e|es|ing) budgets? savings_plans?
        reserved_(?:instances?|nodes?) spend(?:ing)? refunds? credits?(?!_cards?) payments?_(?:method|terms) ris? expensive quotation quote
        overcharged? finops tax purchase_orders? rightsiz(?:e|ing)
    """,
    "network": r"""
        network(?:s|ing)? dns vpns? tunnels? ipsec bgp packet_loss connectivity route_tables? routing routes?
        subnets? nat_gateways? peering transit_gateway direct_connect firewalls? security_groups? nacls? nxdomain
        (?:can't|cannot|can_not|unable_to|could_not|couldn't|no_longer)_(?:connect|ping|resolve|ssh|reach)
        connections?_(?:timed?_?-?out|time-?outs?|reset|refused|drop(?:s|ped)?|lost|failed|failures?)
        time-?outs?_(?:connecting|between|from|to) domain(?:s)? hosted_zones? elastic_ips? eips? ip_address(?:es)?
        ports? allow-?_?list(?:ing)? white-?_?list(?:ing)? private_?link vpc_endpoints? cidrs? name_resolution
        site-to-site dhcp proxy flapping disconnect(?:s|ed|ing)?
    """,
    "deployment": r"""
        deploy(?:s|ed|ing|ment|ments)? releas(?:e|es|ed|ing) roll-?_?outs? roll-?_?backs? rolled_back pipelines?
        ci/?-?cd builds?_(?:fail(?:s|ed|ing|ure)?|broken|stuck|error) code_?(?:deploy|build|pipeline) go-?_?live
        cloudformation_stack stack_(?:update|rollback|creation|stuck|failed) (?:update_)?rollback_failed
        imagepullbackoff errimagepull crashloop(?:backoff)? helm terraform canary blue/?-?green github_actions
        jenkins
    """,
    "performance": r"""
        slow(?:er|est|ly|ness)? latenc(?:y|ies) laggy? lagging sluggish performance degraded degradation
        (?:high|100_?%|cpu|memory|load)_(?:cpu|load|memory|usage|utili[sz]ation|spikes?|pressure|at)
        cpu_\d{1,3} (?:takes?|taking|took)_(?:too_|very_|so_|forever|ages|minutes|seconds|\d{1,4}_(?:seconds|
        minutes|s|min|sec)) response_times? time-?outs? timed_out timing_out hang(?:s|ing)? bottleneck iops
        throughput replica(?:tion)?_lag behind delay(?:s|ed)? backlog out_of_memory cpuutilization oom oom-?_?kill(?:ed|er|s)?
        memory_leak p9[059] cold_starts? stuck queue_(?:growing|depth|is_growing)
    """,
    "unavailable": r"""
        down offline unreachable unavailable inaccessible outages? crash(?:es|ed|ing)? dead unresponsive
        not_(?:responding|reachable|available|accessible|working|loading|starting|running|serving|opening)
        (?:isn't|aren't|doesn't|don't|won't|stopped)_(?:respond(?:ing)?|work(?:ing)?|load(?:ing)?|start(?:ing)?|
        open(?:ing)?|run(?:ning)?|answer(?:ing)?|resolve) (?:http_|error_)?50[0234]s?(?:_errors?)?
        5xx(?:_errors?)? (?:can't|cannot|can_not|unable_to|couldn't)_(?:access|open|load|use|pay|order|check_?out|
        work|trade|book|buy|start|boot|launch) unhealthy impaired no_response (?:status|health)_checks?
        (?:restarts|restarted|rebooted|reboots|terminated|stopped)_(?:by_itself|unexpectedly|suddenly|again|itself)
        bad_gateway gateway_time-?_?out service_unavailable (?:blank|white)_(?:page|screen) incident stopped
        nobody~can no_one~can not_?-?ready suspended healthyhosts halt(?:ed|s)? kicked lost_(?:instance|node|az|nodes) all_(?:users|customers|stores|shops)
    """,
    "errors": r"""
        errors? fail(?:s|ed|ing|ure|ures)? exceptions? bugs? broken fault(?:s|y)? wrong incorrect alarms? alerts?
        not_(?:sent|sending|received|arriving|delivered|processed|synced|updated|triggered|showing) bounc(?:e|es|ed|ing)
        duplicat(?:e|es|ed) mismatch invalid 4xx 400s? 404s? warnings? doesn't_(?:fire|trigger|appear|show|send|sync|
        match) issues? problems? missing blocked broke breaks reject(?:s|ed) never_arriv(?:es|ed) not_going_out no_(?:data|fresh|sound)
        can't_save silence random
    """,
    "change": r"""
        change_(?:requests?|window|of|the) maintenance upgrad(?:e|es|ed|ing) migrat(?:e|es|ion|ing) patch(?:es|ing)?
        (?:please|pls|kindly)_(?:create|add|change|enable|disable|set|remove|delete|update|install|increase|resize|
        move|open|close|stop|start|restart|provision|configure|launch|schedule|turn|attach|reboot|allow)
        (?:create|add|enable|disable|remove|delete|install|resize|provision|launch|configure|schedule|set_up|
        decommission|modify|rename)_(?:a|an|the|new|our|two|three|one|another|\w{2,15}) resiz(?:e|ing) set-?_?up_of
        planned_(?:work|maintenance|change|reboot|restart) chg-?\d{1,9} cut-?over new_(?:environment|instance|bucket|database|server|cluster|
        vpc|alarm|subnet) end_of_(?:life|support) deprecat(?:ed|ion) retirement
    """,
    "question": r"""
        questions? how_(?:to|do|can|should|would|many|much|long|is|does|are) what_(?:is|are|does|would|happens|if)
        which when_(?:will|is|does|do) (?:is|are|does|do|can|could|should|would|may)_(?:it|we|i|you|there|this|that|
        aws|the|s3|ec2|rds|lambda) why_(?:is|are|does|do|did) advice advise recommend(?:ed|ation|ations)? best_practices?
        clarif(?:y|ication) explain(?:ed)? documentation inquiry enquiry query difference_between wondering help_with
        information_(?:about|on) guidance review architecture possible comparison compare interested request_for
        reports? training rca root_cause post-?mortem meeting consult(?:ation|ing)? options? definition matrix curious suggestions? feedback thanks thank_you
    """,
}
CHINESE: Final[dict[str, str]] = {
    "data-loss": r"""
        (?:数据|文件|记录|表|库|桶|对象|订单|快照|卷)(?:.{0,4})(?:丢失|丢了|不见|没了|被删|误删|删除了|损坏|
        消失|清空|覆盖|坏了) (?:丢失|误删|删错|清空|弄丢)(?:.{0,4})(?:数据|文件|表|库|桶|对象|记录)? 数据丢
        找不回 丢数据 数据全丢 データ(?:が)?(?:消|失)
    """,
    "security": r"""
        安全(?!组|組) 漏洞 攻击 入侵 黑客 泄(?:露|漏) 挖矿 木马 病毒 钓鱼 被黑 盗用 可疑 异常登录 异常调用 渗透 cve
        ddos cc攻击 勒索 恶意 陌生 不明 撞库 爆破 webshell 等保 暴露(?:在|到|公网) 公开访问 guardduty 滥用 セキュリティ 外泄 被盗
    """,
    "failover": r"""
        故障转移 故障切换 主备 主从切换 主备切换 切换到备 备机 备库 自动切换 failover 多可用区 multi-az 容灾切换
        灾备 脑裂 フェイルオーバー 主从
    """,
    "certificate": r"""证书 ssl tls https(?:.{0,6})(?:过期|失效|不安全|报错) 証明書 憑證""",
    "backup": r"""备份 还原 快照 恢复(?:点|数据|文件|到|表|库|实例) 数据恢复 时间点 保留期 バックアップ 归档""",
    "login": r"""
        登录 登入 登陆 登不 登出 mfa 双因素 两步验证 多因素 多因子 验证码 密码 锁定 单点登录 sso 无法认证 身份验证
        认证失败 换手机 虚拟设备 ログイン パスワード
    """,
    "permissions": r"""
        权限 拒绝访问 访问被拒 访问拒绝 无权 授权 没有权(?:限)? access_?denied accessdenied 403 iam 策略 角色 子账号
        子账户 只读账号 开通账号 开账号 新增账号 新同事 离职 新员工 访问密钥 access_key アクセス拒否 権限 新用户
    """,
    "quota": r"""
        配额 限额 额度 上限 限流 节流 超限 提额 提升(?:.{0,6})限制 限制(?:.{0,4})(?:提升|调整|放开) 超出限制 并发数
        容量不足 库存不足 vcpu (?:ip|地址|资源)(?:.{0,2})耗尽 429 throttling クォータ 上限緩和 沙箱 沙盒
    """,
    "storage": r"""
        磁盘(?:.{0,8})(?:满|不足|空间|告警|使用率|扩) 磁盘 存储(?:空间)?(?:.{0,6})(?:满|不足|告警|用完|扩) 空间不足
        空间(?:.{0,4})满 硬盘 扩(?:容磁盘|盘|卷) 写满 打满磁盘 爆满 存储空间 容量告警 inode 云盘 根分区 ディスク 磁碟
    """,
    "cost": r"""
        费用 账单 帐单 成本 发票 预算 扣费 计费 收费 价格 报价 充值 节省计划 预留实例 开票 专票 汇率 对账 请款 请款单
        多少钱 优惠 欠费 コスト 料金 税 省钱 降本
    """,
    "network": r"""
        网络 专线 解析 域名 dns vpn 隧道 丢包 路由 子网 防火墙 安全组 端口 连不上 连不通 ping不通 不通 连接超时
        连接失败 无法(?:连|重连) 连线 连接(?:被)?(?:断|重置|中断|拒绝) 断线 断开 白名单 弹性ip 公网ip 内网 出口 对等连接 nat网关
        网关(?:不通|断) 通道 ネットワーク 接続 bgp 网段 ip地址
    """,
    "deployment": r"""
        部署 发布 上线 发版 回滚 流水线 构建 灰度 蓝绿 cicd ci/cd 镜像拉取 拉不到镜像 拉取失败 堆栈 terraform helm
        デプロイ リリース 滚动更新
    """,
    "performance": r"""
        慢 卡顿 很卡 卡死 卡住 延迟 延时 性能 超时 响应时间 负载高 cpu(?:.{0,8})(?:高|满|打满|飙|100|告警|9\d) 内存
        iops 吞吐 堆积 积压 瓶颈 滞后 主从延迟 转圈 加载久 抖动 毛刺 飙升 飙高 遅い 遅延 oom 负载
    """,
    "unavailable": r"""
        打不开 不可用 宕机 宕 瘫痪 中断 挂了 挂掉 全挂 崩溃 崩了 停机 无法访问 访问不了 访问失败 无法使用 用不了 无响应
        没反应 起不来 启动失败 无法启动 下单失败 无法(?:下单|支付|打开|交易|收银|结账|出货) 掉线 离线 全断 断流 暂停服务 状态检查 停了 白屏 失联
        50[0234] 5xx 不健康 全部失败 进不去 死机 重启了 自动重启 停摆 异常重启 断电 故障 开不了 不能用 不响应 挂
        ダウン 停止 つながらない 繋がらない 障害 停线 停产 崩
    """,
    "errors": r"""
        报错 错误 异常 失败 告警 报警 出错 不正确 不对 不生效 收不到 没收到 未收到 发不出 退信 无法(?:发送|接收|同步|
        生成|导出|上传|下载) 重复 警告 エラー 失敗 问题排查 没(?:有)?(?:.{0,3})(?:数据|生效|入库|进|出|显示|更新|反应|同步) (?:看|出|进|存|传|查|发)不(?:到|出|了|去|来|进) 不更新 不同步 (?:零|全)?漏发 怪怪 损坏 不一致 不触发 未触发 没触发 乱码 问题
    """,
    "change": r"""
        变更 升级(?!到|给|至你) 迁移 维护 割接 补丁 开通 新建 新增 创建 添加 删除 修改 调整 关闭 启用 停用 扩容 缩容 搬迁
        配置(?:一|请|修改|调整) 申请 计划内 续期 加(?:一)?(?:台|个|条) 请(?:帮忙|协助)?(?:开|加|建|配置|关|改) メンテナンス
        変更 追加 更换 退役 停止支持 下线
    """,
    "question": r"""
        咨询 请教 请问 询问 想问 问一下 问下 了解 如何 怎么 怎样 是否 能否 可否 能不能 可不可以 吗 什么 区别 建议 方案
        选型 架构 最佳实践 评估 说明 文档 复盘 报告 哪个 哪种 有没有 支持(?:.{0,6})吗 求助 推荐 会议 培训 について 質問
        教えて 感谢 谢谢 确认
    """,
}
