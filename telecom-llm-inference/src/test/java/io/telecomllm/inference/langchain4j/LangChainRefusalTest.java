package io.telecomllm.inference.langchain4j;

import static io.telecomllm.inference.langchain4j.LangChainFixture.answering;
import static io.telecomllm.inference.langchain4j.LangChainFixture.asking;
import static io.telecomllm.inference.langchain4j.LangChainFixture.request;
import static io.telecomllm.inference.langchain4j.LangChainFixture.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a request may not ask for. */
@Timeout(60)
class LangChainRefusalTest {
  private static final LanguageModel MODEL = TinyModel.load(400);
  private static final TelecomAnswerer ANSWERER = answering(MODEL).build();
  private static final TelecomChatModel CHAT = TelecomChatModel.of(ANSWERER).config(tokens(3));

  @AfterAll
  static void close() {
    ANSWERER.close();
    MODEL.close();
  }

  private static void refused(ChatRequest request, String message) {
    assertThatThrownBy(() -> CHAT.chat(request))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(message);
  }

  @Test
  void toolsAreRefused() {
    ToolSpecification tool = ToolSpecification.builder().name("weather").build();
    refused(
        asking("q").toolSpecifications(tool).build(), "tools are not supported, found 'weather'");
    refused(
        asking("q").toolChoice(ToolChoice.REQUIRED).build(),
        "the tool choice REQUIRED is not supported");
    // these allow an answer in text
    for (ToolChoice choice : List.of(ToolChoice.AUTO, ToolChoice.NONE)) {
      assertThat(CHAT.chat(asking("q").toolChoice(choice).build()).aiMessage().text()).isNotNull();
    }
    ToolExecutionRequest call = ToolExecutionRequest.builder().id("1").name("weather").build();
    refused(
        request(UserMessage.from("q"), AiMessage.from(call)),
        "tool calls in a message of the AI are not supported, found 'weather'");
    refused(
        request(UserMessage.from("q"), ToolExecutionResultMessage.from(call, "rain")),
        "a message of type TOOL_EXECUTION_RESULT is not supported");
  }

  @Test
  void anythingButTextIsRefused() {
    refused(
        request(UserMessage.from(TextContent.from("q"), ImageContent.from("http://a/b.png"))),
        "content of type IMAGE in a message of the user is not supported");
    refused(
        request(UserMessage.from("Ann", "q")), "the name of a user is not supported, found 'Ann'");
    Image image = Image.builder().url("http://a/b.png").build();
    AiMessage drawn =
        AiMessage.builder()
            .text("t")
            .attributes(Map.of(AiMessage.GENERATED_IMAGES_KEY, List.of(image)))
            .build();
    refused(
        request(UserMessage.from("q"), drawn, UserMessage.from("r")),
        "images and sound in a message of the AI are not supported");
    refused(
        request(CustomMessage.from(Map.of("a", "b"))), "a message of type CUSTOM is not supported");
  }

  /** Another provider's parameters, which have more than the common ones. */
  private static final class Others extends DefaultChatRequestParameters {
    Others() {
      super(DefaultChatRequestParameters.builder());
    }
  }

  @Test
  void theParametersOfOthersAreRefused() {
    ChatRequest request =
        ChatRequest.builder().messages(UserMessage.from("q")).parameters(new Others()).build();
    assertThatThrownBy(() -> CHAT.doChat(request))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "parameters of class "
                + Others.class.getName()
                + " are not supported, their own might be lost");
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> CHAT.chat(asking("q").temperature(200.0).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("temperature is 200.0, must be 0 to 100");
    assertThatThrownBy(() -> CHAT.chat(asking("q").maxOutputTokens(0).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxNewTokens is 0, must be 1 to 2^20");
    assertThatThrownBy(() -> CHAT.chat(asking(" q").stopSequences(List.of("")).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stop holds an empty text");
  }
}
