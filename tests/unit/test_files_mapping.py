"""Column mapping: a readable guess, and overrides that name what is there when they miss."""

import pytest

from gridmap.errors import FileRefused
from gridmap.files.mapping import apply_overrides, guess_mapping

WANTED = {
    "name": ("名称", "name", "NAME_3", "name_zh", "mingcheng"),
    "code": ("编码", "代码", "adcode"),
    "people": ("人口", "人数"),
}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["NAME_3", "Code"], {"name": "NAME_3", "code": "Code"}),
        (["name_3", "名称"], {"name": "名称"}),
        (["网格名称", "网格编码", "x"], {"name": "网格名称", "code": "网格编码"}),
        (["镇名称", "村名称"], {}),
        ([" 名 称 ", "ＡＤＣＯＤＥ"], {"name": " 名 称 ", "code": "ＡＤＣＯＤＥ"}),
        (["surname", "encoder"], {}),
        ([], {}),
    ],
)
def test_the_guess(columns: list[str], expected: dict[str, str]) -> None:
    assert guess_mapping(columns, WANTED) == expected


def test_no_column_serves_twice() -> None:
    wanted = {"phone": ("电话",), "mobile": ("手机", "电话")}
    assert guess_mapping(["电话"], wanted) == {"phone": "电话"}


def test_overrides() -> None:
    columns = ["a", "b", "c"]
    guess = {"name": "a", "code": "b"}
    assert apply_overrides(guess, ["name=c"], columns) == {"name": "c", "code": "b"}
    assert apply_overrides(guess, ["name=b"], columns) == {"name": "b"}
    assert apply_overrides(guess, ["code="], columns) == {"name": "a"}
    with pytest.raises(FileRefused, match="没有列 z；文件里的列是：a、b、c"):
        apply_overrides(guess, ["name=z"], columns)
    with pytest.raises(FileRefused, match="字段=列名"):
        apply_overrides(guess, ["name"], columns)
