"""What HTTP itself refuses, in words: message ids by status, as the catalog has them."""

_WORDS = {
    400: "请求读不懂，请核对内容。",
    401: "请先登录。",
    403: "你没有这个权限。",
    405: "这个地址不接受 {method} 请求。",
    406: "没有你要的格式。",
    408: "等待太久，请再试一次。",
    409: "别人刚改过，请刷新后再试。",
    410: "这里的内容已经不在了。",
    411: "请求没有写明长度。",
    412: "内容已经变了，请刷新后再试。",
    413: "发来的内容太大。",
    414: "地址太长。",
    415: "发来的格式不对；应是 application/json。",
    416: "文件没有这一段。",
    422: "请求的内容不能处理，请核对。",
    423: "正被占用，请稍后再试。",
    428: "请刷新后再试。",
    429: "请求太频繁，请稍后再试。",
    431: "请求头太长。",
    500: "程序出错了，已记入日志；请稍后再试。",
    503: "暂时不能服务，请稍后再试。",
    504: "等待太久，请再试一次。",
}
_REFUSED, _FAILED = "请求被拒绝（{status}）。", "服务器出错（{status}）。"


def words_of(status: int) -> str:
    """The message for an HTTP status; it may name {method} and {status}."""
    return _WORDS.get(status, _REFUSED if status < 500 else _FAILED)
