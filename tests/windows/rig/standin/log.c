/* log.c - standin.log beside the exe: EVENT<TAB>pid<TAB>text, UTF-8, one event a line. */
#include "standin.h"
#include <stdarg.h>
#include <stdio.h>

/* Wine's append is not atomic between processes, so there is one writer at a time. */
static HANDLE open_log(void)
{
    for (int tries = 0; tries < 500; tries++) {
        HANDLE file = CreateFileW(log_file, FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_ALWAYS,
                                  FILE_ATTRIBUTE_NORMAL, NULL);
        if (file != INVALID_HANDLE_VALUE) return file;
        Sleep(10);
    }
    return INVALID_HANDLE_VALUE;
}

void note(const wchar_t *event, const wchar_t *text)
{
    static wchar_t line[TEXT_MAX_W + 64];
    static char utf8[(TEXT_MAX_W + 64) * 3];
    DWORD done;
    int length = _snwprintf(line, TEXT_MAX_W + 60, L"%ls\t%lu\t%ls", event, GetCurrentProcessId(), text ? text : L"");
    if (length < 0) length = TEXT_MAX_W + 60;
    int tabs = 0;
    for (int i = 0; i < length; i++)         /* an event is one line with two tabs, whatever it tells */
        if (line[i] < L' ' && !(line[i] == L'\t' && tabs++ < 2)) line[i] = L'?';
    wcscpy(line + length, L"\r\n");
    int bytes = WideCharToMultiByte(CP_UTF8, 0, line, length + 2, utf8, sizeof utf8, NULL, NULL);
    HANDLE file = open_log();
    if (file == INVALID_HANDLE_VALUE) return;
    if (bytes > 0) WriteFile(file, utf8, (DWORD)bytes, &done, NULL);
    CloseHandle(file);
}

void notef(const wchar_t *event, const wchar_t *format, ...)
{
    static wchar_t text[TEXT_MAX_W];
    va_list arguments;
    va_start(arguments, format);
    _vsnwprintf(text, TEXT_MAX_W - 1, format, arguments);
    va_end(arguments);
    note(event, text);
}
